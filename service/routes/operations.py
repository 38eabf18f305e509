"""What operators ask: alive, ready, which version, and the metrics."""

import asyncio
import contextlib

import structlog
from quart import Blueprint, Response, request

from service import __version__
from service.delivery.disk import Disk
from service.delivery.log_reader import LogReader
from service.errors import MediaError
from service.library import Library
from service.metrics import Metrics

_log = structlog.get_logger("service.operations")

_CAUGHT_UP_WITHIN = 2.0  # seconds: a scrape does not wait longer for a long log
_READY_WITHIN = 2.0  # seconds: a media folder that takes longer is not ready


def operations_routes(
    library: Library, disk: Disk, metrics: Metrics, reader: LogReader | None = None
) -> Blueprint:
    """Make `/healthz`, `/readyz`, `/version` and `/metrics`."""
    blueprint = Blueprint("operations", __name__)

    @blueprint.get("/healthz")
    async def get_health() -> Response:
        return _text("ok\n")

    @blueprint.get("/readyz")
    async def get_readiness() -> Response:
        if library.state in {"loading", "unreadable"}:
            _log.warning("not ready", reason=library.reason)
            return _text(f"not ready: the media folder is {library.state}\n", 503)
        try:
            async with asyncio.timeout(_READY_WITHIN):
                file = await disk.open(library.open_featured)
        except TimeoutError:
            return _text(f"not ready: the media folder did not answer within {_READY_WITHIN} s\n", 503)
        except MediaError as error:
            _log.warning("not ready", reason=str(error))  # with the path, which is nobody else's business
            return _text("not ready: the video cannot be opened\n", 503)
        file.close()
        return _text("ready\n")

    @blueprint.get("/version")
    async def get_version() -> dict[str, str]:
        return {"version": __version__}

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


def _text(body: str, status: int = 200) -> Response:
    return Response(body, status, content_type="text/plain; charset=utf-8")
