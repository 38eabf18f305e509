"""`/embed/<id>`: a bare player, which other sites may show in a frame."""

from quart import Blueprint, Response, abort

from service.catalogue.catalogue import Catalogue
from service.catalogue.links import links
from service.routes.page import protect, render_page


def embed_routes(catalogue: Catalogue) -> Blueprint:
    """Make the player."""
    blueprint = Blueprint("embed", __name__)

    @blueprint.get("/embed/<video_id>")
    async def get_player(video_id: str) -> Response:
        video = await catalogue.video(video_id)
        if video is None:
            abort(404, "there is no video at this address; it may have been moved or renamed")
        page = await render_page("embed.html", entry=video.entry, at=links(video.entry))
        response = protect(page, ancestors="*")
        # a page that is isolated from others (COEP) may frame only what says that it does not mind
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Cross-Origin-Embedder-Policy"] = "require-corp"
        return response

    return blueprint
