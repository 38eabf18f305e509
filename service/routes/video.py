"""The videos: as asked for, and once more with range answers that are capped; and what lies beside them."""

from collections.abc import Callable
from functools import partial

from quart import Blueprint, Response, request

from service.delivery.disk import Disk
from service.delivery.resource import Resource
from service.delivery.responder import respond
from service.errors import MediaError, MediaNotFoundError
from service.library import Library, MediaFile
from service.metrics import Metrics
from service.semantics.plan import Policy
from service.settings import Settings

FEATURED, FEATURED_CHUNKED = "/video.mp4", "/chunked_video.mp4"
DIRECT, CHUNKED, FILES = "/videos/<id>", "/chunked/<id>", "/files/<path:path>"
ROUTES = {
    "video": FEATURED,
    "chunked_video": FEATURED_CHUNKED,
    "videos": DIRECT,
    "chunked": CHUNKED,
    "files": FILES,
}


class VideoResources:
    """The resource at a path: a look into the index, never at the disk."""

    def __init__(self, settings: Settings, library: Library, disk: Disk, metrics: Metrics) -> None:
        self._library = library
        self._disk = disk
        self._notice = metrics.track
        cache_control = f"public, max-age={settings.cache_max_age}"
        self._direct = Policy(cache_control)
        self._chunked = Policy(cache_control, settings.max_partial_size)
        self._featured = {
            FEATURED: self._resource(library.open_featured, self._direct, FEATURED),
            FEATURED_CHUNKED: self._resource(library.open_featured, self._chunked, FEATURED_CHUNKED),
        }

    def find(self, path: str) -> Resource | None:
        """Return what is at the path of a URL (decoded), None when that is no video and nothing of one."""
        if featured := self._featured.get(path):
            return featured
        kind, _, name = path[1:].partition("/")
        if kind == "videos":
            return self._video(name, self._direct, DIRECT)
        if kind == "chunked":
            return self._video(name, self._chunked, CHUNKED)
        return self._file(name) if kind == "files" else None

    def missing(self, path: str) -> MediaError:
        """Say why there is nothing at `path`."""
        if self._library.is_loaded:
            return MediaNotFoundError(f"there is no {path}")
        return MediaError(self._library.reason)

    def _video(self, name: str, policy: Policy, route: str) -> Resource | None:
        entry = self._library.find(name)
        if entry is None:
            return None
        return self._resource(partial(self._library.open, entry), policy, route)

    def _file(self, name: str) -> Resource | None:
        file = self._library.find_file(name)
        if file is None:
            return None
        return self._resource(partial(self._library.open_file, file), self._direct, FILES)

    def _resource(self, opener: Callable[[], MediaFile], policy: Policy, route: str) -> Resource:
        return Resource(self._disk, opener, policy, route, self._notice)


def video_routes(resources: VideoResources) -> Blueprint:
    """Make the routes of the resources."""
    blueprint = Blueprint("video", __name__)

    async def get_video(**_: str) -> Response:
        path = request.scope["path"]
        resource = resources.find(path)
        if resource is None:
            raise resources.missing(path)
        return await respond(resource)

    for name, route in ROUTES.items():
        blueprint.add_url_rule(route, name, get_video, methods=["GET"])
    return blueprint
