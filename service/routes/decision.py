"""What nginx asks before it sends a video itself; there is no such route where no nginx stands in front."""

from quart import Blueprint, Response

from service.delivery.decision import lifetime
from service.delivery.disk import Disk
from service.delivery.published import Published
from service.settings import Settings


def decision_routes(settings: Settings, published: Published, disk: Disk) -> Blueprint:
    """Make `/-/decision/...`; the answer is always 204, and without fields means "ask the service itself".

    The decision is published too: nginx asks once, and then finds it.
    """
    blueprint = Blueprint("decision", __name__)
    holds = lifetime(settings.decision_lifetime, settings.decision_grace)

    @blueprint.get("/-/decision/<path:path>")
    async def get_decision(path: str) -> Response:
        response = Response(b"", 204)
        response.headers.clear()  # nginx reads them again with every request that it answers
        response.headers.update(await disk.run(lambda: published.publish(f"/{path}")))
        response.headers["Cache-Control"] = holds
        return response

    return blueprint
