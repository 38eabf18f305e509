"""What operators ask: alive, ready, which version, and the metrics."""

import asyncio
import contextlib
import json

from quart import Blueprint, Response, request

from service.build import Build
from service.delivery.log_reader import LogReader
from service.metrics import Metrics
from service.routes.readiness import Readiness

_CAUGHT_UP_WITHIN = 2.0  # seconds: a scrape does not wait longer for a long log


def operations_routes(
    readiness: Readiness, build: Build, metrics: Metrics, reader: LogReader | None = None
) -> Blueprint:
    """Make `/healthz`, `/readyz`, `/version` and `/metrics`."""
    blueprint = Blueprint("operations", __name__)

    @blueprint.get("/healthz")
    async def get_health() -> Response:
        return Response(b"ok\n", content_type="text/plain; charset=utf-8")

    @blueprint.get("/readyz")
    async def get_readiness() -> Response:
        ready, report = await readiness.check()
        return _json(report, 200 if ready else 503)

    @blueprint.get("/version")
    async def get_version() -> Response:
        return _json(build._asdict())

    @blueprint.get("/metrics")
    async def get_metrics() -> Response:
        if reader is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CAUGHT_UP_WITHIN):
                    await reader.catch_up()
        metrics.settle()
        # in a thread: writing thousands of series takes long enough to be felt by the viewers
        accept = request.headers.get("Accept", "")
        exposition, content_type = await asyncio.to_thread(metrics.exposition, accept)
        return Response(exposition, content_type=content_type)

    return blueprint


def _json(body: dict[str, object], status: int = 200) -> Response:
    return Response(json.dumps(body) + "\n", status, content_type="application/json")
