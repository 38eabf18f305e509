"""Answering with a resource within the framework."""

from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self

from quart import Response, request
from quart.wrappers.response import ResponseBody

from service.delivery.disk import Disk
from service.delivery.resource import Resource
from service.library import MediaFile
from service.semantics.multipart import Body
from service.semantics.plan import Plan


class PlannedBody(ResponseBody):
    """The body of a plan, read block by block."""

    def __init__(self, disk: Disk, file: MediaFile, body: Body) -> None:
        self._disk = disk
        self._file = file
        self._body = body

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._disk.blocks(self._file, self._body)


async def respond(resource: Resource) -> Response:
    """Answer the current GET or HEAD with the resource, or raise what its opener raises."""
    answer, file = await resource.answer(request.method, request.scope["headers"])
    return _response(answer, PlannedBody(resource.disk, file, answer.body))


def _response(answer: Plan, body: ResponseBody) -> Response:
    response = Response(None, answer.status)
    response.headers.clear()  # a plan is complete; the framework's Content-Type would not be true of a 304
    response.headers.extend(answer.headers)
    response.response = body
    # Quart's limit is on the whole response and would cut off every slow viewer; who makes no progress at
    # all is ended by the server's stall timeout.
    response.timeout = None
    return response
