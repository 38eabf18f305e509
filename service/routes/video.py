"""The video: `/video.mp4` as asked for, `/chunked_video.mp4` with range answers that are capped."""

from collections.abc import Mapping
from functools import partial

from quart import Blueprint

from service.delivery.disk import Disk
from service.delivery.resource import Resource
from service.delivery.responder import respond
from service.library import Library
from service.metrics import Metrics
from service.semantics.plan import Policy
from service.settings import Settings


def video_resources(
    settings: Settings, library: Library, disk: Disk, metrics: Metrics
) -> dict[str, Resource]:
    """Make the featured video's two resources, by path."""
    cache_control = f"public, max-age={settings.cache_max_age}"
    return {
        path: Resource(disk, library.open_featured, Policy(cache_control, limit), metrics.track)
        for path, limit in (("/video.mp4", None), ("/chunked_video.mp4", settings.max_partial_size))
    }


def video_routes(resources: Mapping[str, Resource]) -> Blueprint:
    """Make a route of each resource."""
    blueprint = Blueprint("video", __name__)
    for path, resource in resources.items():
        endpoint = path.strip("/").removesuffix(".mp4")
        blueprint.add_url_rule(path, endpoint, partial(respond, resource), methods=["GET"])
    return blueprint
