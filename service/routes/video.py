"""The video: `/video.mp4` as asked for, `/chunked_video.mp4` with range answers that are capped."""

from quart import Blueprint, Response

from service.delivery.disk import Disk
from service.delivery.record import current_delivery
from service.delivery.responder import respond
from service.library import Library
from service.metrics import Metrics
from service.semantics.plan import Policy
from service.settings import Settings


def video_routes(settings: Settings, library: Library, disk: Disk, metrics: Metrics) -> Blueprint:
    """Make both routes of the featured video."""
    blueprint = Blueprint("video", __name__)
    cache_control = f"public, max-age={settings.cache_max_age}"
    direct = Policy(cache_control)
    chunked = Policy(cache_control, max_partial_size=settings.max_partial_size)

    async def deliver(policy: Policy) -> Response:
        metrics.in_progress.inc()
        current_delivery.get().at_end(metrics.in_progress.dec)
        return await respond(disk, library.open_featured, policy)

    @blueprint.get("/video.mp4")
    async def get_video() -> Response:
        return await deliver(direct)

    @blueprint.get("/chunked_video.mp4")
    async def get_chunked_video() -> Response:
        return await deliver(chunked)

    return blueprint
