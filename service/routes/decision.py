"""What nginx asks before it sends a video itself; there is no such route where no nginx stands in front."""

from quart import Blueprint, Response

from service.delivery.disk import Disk
from service.delivery.published import Published


def decision_routes(published: Published, disk: Disk) -> Blueprint:
    """Make `/-/decision/...`, which has the decision published; the answer is always 204."""
    blueprint = Blueprint("decision", __name__)

    @blueprint.get("/-/decision/<path:path>")
    async def get_decision(path: str) -> Response:
        await disk.run(lambda: published.publish(f"/{path}"))
        return Response(b"", 204)

    return blueprint
