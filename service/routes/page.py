"""What pages have in common, and their assets."""

from functools import partial
from pathlib import Path

from quart import Blueprint, Response, abort, render_template

from service.catalogue import wording
from service.delivery.disk import Disk
from service.delivery.resource import Resource
from service.delivery.responder import respond
from service.library import MediaFile
from service.routes.validated import validated
from service.semantics.plan import Policy

ASSETS = Path(__file__).parent.parent / "assets"
NAME = "Serving video"
_HTML = "text/html; charset=utf-8"

# Nothing but our own stylesheet, pictures, videos and the script of the copy buttons.
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; media-src 'self'; style-src 'self'; img-src 'self'; script-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
)

# A player fills the screen, and a page copies to the clipboard; nothing here sees, hears, finds or pays.
_PERMISSIONS_POLICY = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"


async def render_page(template: str, **context: object) -> Response:
    """Answer with a page that can be asked for again with its ETag."""
    return protect(validated(await render_template(template, name=NAME, say=wording, **context), _HTML))


def protect(response: Response, ancestors: str = "'none'") -> Response:
    """Add the header fields that every page of ours has; `ancestors` may show it in a frame."""
    response.headers["Content-Security-Policy"] = _CONTENT_SECURITY_POLICY.format(ancestors=ancestors)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Permissions-Policy"] = _PERMISSIONS_POLICY
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return response


def asset_routes(disk: Disk) -> Blueprint:
    """Make the assets."""
    blueprint = Blueprint("assets", __name__)
    assets = {path.name: path for path in ASSETS.iterdir()}
    policy = Policy("public, max-age=300")

    @blueprint.get("/assets/<name>")
    async def get_asset(name: str) -> Response:
        if name not in assets:
            abort(404)
        return await respond(Resource(disk, partial(MediaFile.open, assets[name]), policy, "/assets/<name>"))

    return blueprint
