"""The page with the two players, and its assets."""

from functools import partial
from pathlib import Path

from quart import Blueprint, Response, abort, render_template

from service.delivery.disk import Disk
from service.delivery.resource import Resource
from service.delivery.responder import respond
from service.library import MediaFile
from service.semantics.plan import Policy
from service.settings import Settings

ASSETS = Path(__file__).parent.parent / "assets"

# Nothing but our own stylesheet, icon and videos; no script at all.
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; media-src 'self'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def protect(response: Response) -> Response:
    """Add the header fields that every page of ours has."""
    response.headers["Content-Security-Policy"] = _CONTENT_SECURITY_POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def page_routes(settings: Settings, disk: Disk) -> Blueprint:
    """Make the page and its assets."""
    blueprint = Blueprint("page", __name__)
    assets = {path.name: path for path in ASSETS.iterdir()}
    policy = Policy("public, max-age=300")

    @blueprint.get("/")
    async def get_page() -> Response:
        page = await render_template(
            "index.html", title="Serving video", max_partial_size=settings.max_partial_size
        )
        response = protect(Response(page, content_type="text/html; charset=utf-8"))
        response.headers["Cache-Control"] = "no-cache"
        return response

    @blueprint.get("/assets/<name>")
    async def get_asset(name: str) -> Response:
        if name not in assets:
            abort(404)
        return await respond(Resource(disk, partial(MediaFile.open, assets[name]), policy, "/assets/<name>"))

    return blueprint
