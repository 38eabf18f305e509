"""HTTP/1.1 connections: Hypercorn's protocol, made exact and free of leaks.

Everything that has to look inside of Hypercorn is in this file. What it changes, each with its reason:

- A request that no server should answer is refused with a reason, before any application sees it (Hypercorn
  accepts any Host, folds the case of methods, and answers Content-Length beside Transfer-Encoding).
- Upgrades are ignored, as RFC 9110, section 7.8 allows: no HTTP/2 without TLS, no WebSocket. Hypercorn would
  switch to protocols that have none of the guarantees of this file.
- Request bodies are read and dropped; no route has a use for one. Hypercorn queues them, and a connection
  whose application has finished while the queue was full is stuck for ever.
- What follows a request with `Connection: close` is ignored (RFC 9112, section 9.6) instead of being answered
  400 in the place of the request, and empty lines before a request are skipped (section 2.2).
- A client that has sent its request and closed its side still gets its answer. Hypercorn takes the end of the
  input for the end of the client; one that is really gone shows by the first write that fails.
- An application that sends to a client that is gone is told so, as ASGI asks for. Hypercorn lets it go on,
  and since nothing of that waits, a large file then holds up everything else until its end is read.
- One connection's failure stays its own. A client that times out while the server drains looks to Hypercorn
  like the end of the drain, and cuts every other download; and one that reads nothing outlasts the drain.
  One that times out at any other time looks like a defect of the application.
- A connection is closed at once when its client has left. Hypercorn keeps an idle one until the keep-alive
  timeout, and one with pipelined requests for ever.
- One task a connection watches how long it is idle. Hypercorn ends and makes two tasks with each request.
- A header section that arrives too slowly, or is too large although it came at once, is refused. Hypercorn
  waits for the former as for any idle connection, and h11 measures only what has not arrived in whole.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import h11
import hypercorn.asyncio.run
import hypercorn.protocol
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.config import Config
from hypercorn.events import Closed, Event, RawData, Updated
from hypercorn.protocol.events import Body, Request
from hypercorn.protocol.events import Event as StreamEvent
from hypercorn.protocol.h11 import STREAM_ID, H11Protocol
from hypercorn.protocol.http_stream import HTTPStream
from hypercorn.typing import ASGISendEvent

from service.delivery.accounting import Observer
from service.delivery.record import Delivery
from service.semantics.message import MAX_TARGET, Fault, fault, origin_form
from service.semantics.phrases import refusal, refusal_fields

_LINGER = 0.5  # seconds: for a client to finish sending, so that closing does not reset the answer away

_REASONS = {
    431: "the header section is too large",
    501: "this transfer coding is not supported",
}
_NOT_HTTP = "this is not a valid HTTP/1.1 request"


class ProtocolConfig(Config):
    """Hypercorn's configuration, which requests no application sees, and who is told of those."""

    observers: Sequence[Observer] = ()
    header_timeout = 10.0  # seconds
    max_target = MAX_TARGET  # octets


class _Connection(h11.Connection):
    """h11's connection, which can be told that nothing that follows matters."""

    ignoring = False

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        if self.ignoring:
            return h11.ConnectionClosed()
        if self.their_state is h11.MUST_CLOSE:
            return h11.NEED_DATA
        if self.their_state is h11.IDLE:
            self._skip_empty_lines()
        return super().next_event()

    def _skip_empty_lines(self) -> None:
        waiting = self.trailing_data[0]
        self._receive_buffer.maybe_extract_at_most(len(waiting) - len(waiting.lstrip(b"\r\n")))

    def receive_data(self, data: bytes) -> None:
        if not self.ignoring and self.their_state is not h11.MUST_CLOSE:
            super().receive_data(data)


class _Stream(HTTPStream):
    """A request and its response; the request's body is dropped."""

    async def handle(self, event: StreamEvent) -> None:
        if not isinstance(event, Body):
            await super().handle(event)

    async def app_send(self, message: ASGISendEvent | None) -> None:
        if self.closed and message is not None:
            raise ConnectionResetError("the client is gone")
        await super().app_send(message)


class OriginProtocol(H11Protocol):
    """One connection."""

    config: ProtocolConfig
    connection: _Connection

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.connection = _Connection(h11.SERVER, self.config.h11_max_incomplete_size)
        self._stream_ended = asyncio.Event()
        self._reader: asyncio.Task[Any] | None = None
        self._head_timer: asyncio.TimerHandle | None = None

    async def initiate(self) -> None:
        self._reader = asyncio.current_task()

    async def handle(self, event: Event) -> None:
        if isinstance(event, RawData):
            await super().handle(event)
            self._watch_head()
            return
        self._stop_head_timer()
        if isinstance(event, Closed) and asyncio.current_task() is self._reader:
            await self._end_of_input()
        else:
            await self._abandon()

    def _watch_head(self) -> None:
        begun = self.connection.their_state is h11.IDLE and self.connection.trailing_data[0]
        if begun and not self.connection.ignoring and self._head_timer is None:
            loop = asyncio.get_running_loop()
            self._head_timer = loop.call_later(self.config.header_timeout, self._head_is_late)

    def _head_is_late(self) -> None:
        if not self.context.terminated.is_set():
            self.task_group.spawn(
                self._refuse, Fault(408, f"it did not arrive within {self.config.header_timeout:g} s")
            )

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    async def _end_of_input(self) -> None:
        if self.stream is not None:
            await self._stream_ended.wait()
        await self.send(Closed())

    async def _abandon(self) -> None:
        # the client is gone, or the server is closing: end the response, and wake a reader that waits for it
        self.connection.ignoring = True
        await self._close_stream()
        await self.can_read.set()

    async def _check_protocol(self, event: h11.Request) -> None:
        """Switch to no other protocol."""

    async def _create_stream(self, request: h11.Request) -> None:
        self._stop_head_timer()
        fields = list(request.headers)
        found = fault(
            request.method, request.target, request.http_version, fields, self.config.max_target
        ) or self._size_fault(request)
        if found:
            await self._refuse(found, request.method.decode("ascii"), request.target.decode("latin-1"))
            return
        self._stream_ended.clear()
        self.stream = _Stream(
            self.app,
            self.config,
            self.context,
            self.task_group,
            self.ssl,
            self.client,
            self.server,
            self.stream_send,
            STREAM_ID,
        )
        self.keep_alive_requests += 1
        await self.stream.handle(
            Request(
                stream_id=STREAM_ID,
                headers=fields,
                http_version=request.http_version.decode("ascii"),
                method=request.method.decode("ascii"),
                raw_path=origin_form(request.target),
                state=self.connection_state,
            )
        )
        await self.context.mark_request()

    def _size_fault(self, request: h11.Request) -> Fault | None:
        size = len(request.method) + len(request.target) + len(" HTTP/1.1\r\n\r\n")
        size += sum(len(name) + len(value) + len(": \r\n") for name, value in request.headers)
        return Fault(431, _REASONS[431]) if size > self.config.h11_max_incomplete_size else None

    async def _close_stream(self) -> None:
        await super()._close_stream()
        self._stream_ended.set()

    async def _send_error_response(self, status_code: int) -> None:
        # called when h11 cannot read on
        if status_code == 431 and b"\n" not in self.connection.trailing_data[0]:
            await self._refuse(Fault(414, "the request line is too long"))
        else:
            await self._refuse(Fault(status_code, _REASONS.get(status_code, _NOT_HTTP)))

    async def _refuse(self, found: Fault, method: str = "", target: str = "") -> None:
        path, _, query = target.partition("?")
        client = self.client[0] if self.client else ""
        delivery = Delivery(method, path, query, client=client, status=found.status)
        text = refusal(found.status, found.reason)
        headers = [
            *refusal_fields(text),
            (b"connection", b"close"),
            *self.config.response_headers("h11"),
        ]
        await self._send_h11_event(h11.Response(status_code=found.status, headers=headers))
        if method != "HEAD":
            await self._send_h11_event(h11.Data(data=text))
            delivery.planned = delivery.sent = len(text)
        await self._send_h11_event(h11.EndOfMessage())
        self._observe(delivery)
        self.connection.ignoring = True
        self.task_group.spawn(self._close_soon)

    def _observe(self, delivery: Delivery) -> None:
        delivery.complete = True
        delivery.end()
        for observe in self.config.observers:
            observe(delivery)

    async def _close_soon(self) -> None:
        await asyncio.sleep(_LINGER)
        await self.send(Closed())


class _Server(TCPServer):
    """A connection's end, which is never the end of another, and its idle time."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._idle_since: float | None = self.loop.time()

    async def protocol_send(self, event: Event) -> None:
        if isinstance(event, Updated):
            self._idle_since = self.loop.time() if event.idle else None
            return
        try:
            await super().protocol_send(event)
        except OSError:  # a client that timed out is gone too; Hypercorn knows that of a ConnectionError only
            await self.protocol.handle(Closed())

    async def _idle_timeout(self) -> None:
        terminated = self.context.terminated
        while not terminated.is_set() and self._idle_seconds() < self.config.keep_alive_timeout:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.config.keep_alive_timeout - self._idle_seconds()):
                    await terminated.wait()
        if self._idle_since is not None:  # (else the connection ends with its response)
            await asyncio.shield(self._initiate_server_close())

    def _idle_seconds(self) -> float:
        return 0 if self._idle_since is None else self.loop.time() - self._idle_since

    async def _read_data(self) -> None:
        try:
            await super()._read_data()
        except asyncio.CancelledError:
            # the drain timeout is over: do not wait for a client that does not read
            self.writer.transport.abort()
            raise

    async def _close(self) -> None:
        with contextlib.suppress(OSError):
            await super()._close()


def install() -> None:
    """Have Hypercorn use these classes for every connection; it has no setting for that."""
    hypercorn.asyncio.run.TCPServer = _Server  # type: ignore[attr-defined]
    hypercorn.protocol.H11Protocol = OriginProtocol  # type: ignore[attr-defined]
