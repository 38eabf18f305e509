"""What nginx asks before it sends a video itself; there is no such route where no nginx stands in front."""

import time
from collections.abc import Mapping

from quart import Blueprint, Response

from service.delivery.decision import decide, lifetime
from service.delivery.resource import Resource
from service.errors import MediaError
from service.settings import Settings


def decision_routes(settings: Settings, resources: Mapping[str, Resource]) -> Blueprint:
    """Make `/-/decision/...`; the answer is always 204, and without fields means "ask the service itself"."""
    blueprint = Blueprint("decision", __name__)
    holds = lifetime(settings.decision_lifetime, settings.decision_grace)

    async def decided(resource: Resource) -> dict[str, str]:
        try:
            file = await resource.disk.open(resource.opener)
        except MediaError:
            return {}
        with file:
            return decide(file, settings.media_root, resource.policy, now=int(time.time()))

    @blueprint.get("/-/decision/<path:path>")
    async def get_decision(path: str) -> Response:
        resource = resources.get(f"/{path}")
        response = Response(b"", 204)
        response.headers.clear()  # nginx reads them again with every request that it answers
        response.headers.update(await decided(resource) if resource else {})
        response.headers["Cache-Control"] = holds
        return response

    return blueprint
