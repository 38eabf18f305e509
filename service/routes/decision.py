"""What nginx asks before it sends a video itself; there is no such route where no nginx stands in front."""

from collections.abc import Callable

from quart import Blueprint, Response

from service.delivery.disk import Disk
from service.delivery.published import Published


def decision_routes(
    published: Published, disk: Disk, can_decide: Callable[[], bool] = lambda: True
) -> Blueprint:
    """Make `/-/decision/...`, which has the decision published, if there can be one; always 204."""
    blueprint = Blueprint("decision", __name__)

    @blueprint.get("/-/decision/<path:path>")
    async def get_decision(path: str) -> Response:
        if can_decide():
            await disk.run(lambda: published.publish(f"/{path}"))
        return Response(b"", 204)

    return blueprint
