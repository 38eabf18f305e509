"""What nginx asks before it sends a video itself; there is no such route where no nginx stands in front."""

import time

from quart import Blueprint, Response

from service.delivery.decision import decide, lifetime
from service.delivery.disk import Disk
from service.errors import MediaError
from service.library import Library
from service.routes.video import ROUTES, cache_control
from service.settings import Settings


def decision_routes(settings: Settings, library: Library, disk: Disk) -> Blueprint:
    """Make `/-/decision/...`; the answer is always 204, and without fields means "ask the service itself"."""
    blueprint = Blueprint("decision", __name__)
    holds = lifetime(settings.decision_lifetime, settings.decision_grace)

    async def decided(path: str) -> dict[str, str]:
        if path not in ROUTES:
            return {}
        try:
            file = await disk.open(library.open_featured)
        except MediaError:
            return {}
        with file:
            return decide(file, settings.media_root, cache_control(settings), now=int(time.time()))

    @blueprint.get("/-/decision/<path:path>")
    async def get_decision(path: str) -> Response:
        response = Response(b"", 204, headers=await decided(f"/{path}"))
        response.headers["Cache-Control"] = holds
        return response

    return blueprint
