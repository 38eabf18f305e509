"""The delivery record: what one request was, what its response promised and what was really sent."""

from collections.abc import Callable
from contextlib import ExitStack
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import perf_counter

UNMATCHED = "unmatched"
"""The route of a request that no route matches: paths are never labels."""

CLIENT_CLOSED_REQUEST = 499
"""nginx's status for a client that left before there was a response."""


EXACT = "exact"
"""The lane of what the service answers itself; nginx's own lanes are in nginx/http/lanes.conf."""


@dataclass(slots=True)
class Delivery:
    """One request and its response, from the first header to the last byte.

    Times are seconds of one clock, `time.perf_counter` or nginx's. `planned` and `sent` count body bytes:
    those that the response announced, and those handed to the connection; of an aborted delivery up to one
    block and the kernel's buffer may have been handed over without having reached the client. `file_size` is
    that of the file which was asked for, in bytes, whatever came of it.
    """

    method: str
    path: str
    query: str = ""
    protocol_version: str = ""
    client: str = ""
    user_agent: str = ""
    request_id: str = ""
    range_field: str = ""
    route: str = UNMATCHED
    status: int = CLIENT_CLOSED_REQUEST
    range_kind: str | None = None  # None: not a response about a media file
    lane: str = EXACT
    content_range: str = ""
    file_size: int = 0
    planned: int = 0
    sent: int = 0
    started: float = field(default_factory=perf_counter)
    first_byte: float | None = None
    ended: float | None = None
    complete: bool = False
    gone: bool = False  # the client left, or the response is over
    _resources: ExitStack | None = None

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (perf_counter() if self.ended is None else self.ended) - self.started

    @property
    def outcome(self) -> str:
        """`complete` or `aborted`."""
        return "complete" if self.complete else "aborted"

    @property
    def carried_of(self) -> int:
        """The size of the file that the body is all or a part of; 0 for any other body, and for none."""
        return self.file_size if self.planned and self.status in {200, 206} else 0

    def at_end(self, release: Callable[[], object]) -> None:
        """Have `release` called when the delivery is over, however it ends."""
        if self._resources is None:
            self._resources = ExitStack()
        self._resources.callback(release)

    def end(self) -> None:
        """Stop the clock and release what was taken."""
        self.ended = perf_counter()
        if self._resources is not None:
            self._resources.close()


current_delivery: ContextVar[Delivery] = ContextVar("current_delivery")
"""The record of the request that the running task answers."""
