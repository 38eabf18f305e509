"""The video: `/video.mp4` as asked for, `/chunked_video.mp4` with range answers that are capped."""

from quart import Blueprint, Response

from service.delivery.disk import Disk
from service.delivery.record import current_delivery
from service.delivery.responder import respond
from service.library import Library
from service.metrics import Metrics
from service.semantics.plan import Policy
from service.settings import Settings

DIRECT, CHUNKED = ROUTES = ("/video.mp4", "/chunked_video.mp4")


def cache_control(settings: Settings) -> str:
    """Return the Cache-Control of every video."""
    return f"public, max-age={settings.cache_max_age}"


def video_routes(settings: Settings, library: Library, disk: Disk, metrics: Metrics) -> Blueprint:
    """Make both routes of the featured video."""
    blueprint = Blueprint("video", __name__)
    direct = Policy(cache_control(settings))
    chunked = Policy(cache_control(settings), max_partial_size=settings.max_partial_size)

    async def deliver(policy: Policy) -> Response:
        metrics.track(current_delivery.get())
        return await respond(disk, library.open_featured, policy)

    @blueprint.get(DIRECT)
    async def get_video() -> Response:
        return await deliver(direct)

    @blueprint.get(CHUNKED)
    async def get_chunked_video() -> Response:
        return await deliver(chunked)

    return blueprint
