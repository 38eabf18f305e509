"""The one way to answer with a file: open it, plan, and hand the plan to the framework."""

import secrets
import time
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Self

from quart import Response, request
from quart.wrappers.response import ResponseBody

from service.delivery.disk import Disk
from service.delivery.record import current_delivery
from service.library import MediaFile
from service.semantics.fields import RequestFields
from service.semantics.multipart import Body
from service.semantics.plan import Plan, Policy, Request, plan


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


async def respond(disk: Disk, opener: Callable[[], MediaFile], policy: Policy) -> Response:
    """Answer the current GET or HEAD with the file that `opener` opens, or raise what it raises.

    The file is open before the header section goes out, and closed when the delivery ends.
    """
    delivery = current_delivery.get()
    file = await disk.open(opener)
    delivery.at_end(file.close)
    answer = plan(_request(), file.representation, policy)
    delivery.range_kind = answer.range_kind
    return _response(answer, PlannedBody(disk, file, answer.body))


def _request() -> Request:
    fields = RequestFields.from_lines(request.scope["headers"])
    return Request(request.method, fields, int(time.time()), secrets.token_hex(16))


def _response(answer: Plan, body: ResponseBody) -> Response:
    response = Response(None, answer.status)
    response.headers.clear()  # a plan is complete; the framework's Content-Type would not be true of a 304
    response.headers.extend(answer.headers)
    response.response = body
    # Quart's limit is on the whole response and would cut off every slow viewer; who makes no progress at
    # all is ended by the server's stall timeout.
    response.timeout = None
    return response
