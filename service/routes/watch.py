"""`/watch/<id>`: a video, what is known of it, and how to get at it."""

from markupsafe import escape
from quart import Blueprint, Response, abort, request

from service.catalogue.catalogue import Catalogue
from service.catalogue.links import links, mend, part, replace
from service.library import Entry, entity_tag
from service.routes.page import render_page
from service.settings import Settings

_BILLION = 1_000_000_000


def watch_routes(settings: Settings, catalogue: Catalogue) -> Blueprint:
    """Make the page; `?player=chunked` plays in capped parts."""
    blueprint = Blueprint("watch", __name__)

    @blueprint.get("/watch/<video_id>")
    async def get_video(video_id: str) -> Response:
        video = await catalogue.video(video_id)
        if video is None:
            abort(404, "there is no video at this address; it may have been moved or renamed")
        before, behind = await catalogue.neighbours(video.entry)
        return await render_page(
            "watch.html",
            entry=video.entry,
            facts=video.facts,
            at=links(video.entry),
            links=links,
            before=before,
            behind=behind,
            chunked=request.args.get("player") == "chunked",
            max_partial_size=settings.max_partial_size,
            etag=entity_tag(video.entry.modified // _BILLION, video.entry.size),
            snippets=snippets(video.entry, origin()),
            mending=[mend(video.entry), replace(video.entry)] if video.facts.faststart is False else [],
        )

    return blueprint


def origin() -> str:
    """Return the scheme and authority that the client has asked."""
    return f"{request.scheme}://{request.headers.get('Host') or 'localhost'}"


def snippets(entry: Entry, base: str) -> dict[str, str]:
    """Return what there is to copy, by name."""
    at = links(entry)
    return {
        "Direct": base + at.direct,
        "Chunked": base + at.chunked,
        "First bytes": part(base + at.direct, entry.size),
        "Embed": f'<iframe src="{escape(base + at.embed)}" title="{escape(entry.title)}" width="640" '
        'height="360" allow="fullscreen; picture-in-picture" loading="lazy"></iframe>',
    }
