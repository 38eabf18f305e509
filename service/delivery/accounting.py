"""The ASGI layer around the whole application that keeps a delivery record of every response.

It stands outside the framework, so nothing escapes it: pages, errors, HEAD, clients that leave.
"""

import traceback
from collections.abc import Callable, Iterable, Sequence
from time import perf_counter

import structlog
from hypercorn.typing import (
    ASGIFramework,
    ASGIReceiveCallable,
    ASGIReceiveEvent,
    ASGISendCallable,
    ASGISendEvent,
    HTTPResponseStartEvent,
    HTTPScope,
    Scope,
)

from service.delivery.record import CLIENT_CLOSED_REQUEST, Delivery, current_delivery
from service.errors import MediaChangedError
from service.semantics.addresses import Network, client_address
from service.semantics.phrases import refusal, refusal_fields

Observer = Callable[[Delivery], None]

_log = structlog.get_logger("service.delivery")

_BODYLESS = {204, 304}


class Accounting:
    """An ASGI application that counts what `app` sends and hands each finished record to the observers.

    With `announce` each response says in fields of its own what it is about, for nginx's delivery log.
    Proxies that are `trusted` say for whom they ask.
    """

    def __init__(
        self,
        app: ASGIFramework,
        observers: Iterable[Observer],
        *,
        announce: bool = False,
        trusted: Sequence[Network] = (),
    ) -> None:
        self._app = app
        self._observers = tuple(observers)
        self._announce = announce
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        delivery = _begin(scope, self._trusted)
        current_delivery.set(delivery)
        if self._announce:
            send = _announcing(delivery, send)
        try:
            await self._app(scope, _watching(delivery, receive), _counting(delivery, send))
        # (with *: newer versions of the framework raise what a body raises in a group)
        except* MediaChangedError:
            # returning without the rest makes the server close the connection: the client can tell
            _log.error("delivery given up: the file was changed", path=delivery.path, sent=delivery.sent)
        except* Exception as errors:  # noqa: BLE001 - the last resort, beyond the framework's own error handling
            # (a framework has its own ways to say that a client left; the record knows)
            if not delivery.gone:
                _log.exception("unexpected error", path=delivery.path)
                await _answer_defect(delivery, send)
            _release_frames(errors)
        finally:
            delivery.end()
            for observe in self._observers:
                observe(delivery)


def _release_frames(error: BaseException) -> None:
    # tracebacks keep their frames alive, and those the block that was being sent, until a full collection
    traceback.clear_frames(error.__traceback__)
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            _release_frames(member)


async def _answer_defect(delivery: Delivery, send: ASGISendCallable) -> None:
    if delivery.status != CLIENT_CLOSED_REQUEST:
        return  # the response has begun: without its end the server closes the connection
    body = refusal(500, "an error on our side; it was logged")
    headers = refusal_fields(body)
    counted = _counting(delivery, send)
    await counted({"type": "http.response.start", "status": 500, "headers": headers, "trailers": False})
    await counted({"type": "http.response.body", "body": body, "more_body": False})


def _begin(scope: HTTPScope, trusted: Sequence[Network]) -> Delivery:
    fields = dict(scope["headers"])
    return Delivery(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        protocol_version=scope["http_version"],
        client=_client(scope, trusted),
        user_agent=fields.get(b"user-agent", b"").decode("latin-1"),
        request_id=fields.get(b"x-request-id", b"").decode("latin-1"),
        range_field=fields.get(b"range", b"").decode("latin-1"),
    )


def _client(scope: HTTPScope, trusted: Sequence[Network]) -> str:
    client = scope.get("client")  # optional in ASGI
    peer = str(client[0]) if client else ""
    if not trusted:
        return peer
    said = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return client_address(peer, said, trusted)


def _watching(delivery: Delivery, receive: ASGIReceiveCallable) -> ASGIReceiveCallable:
    async def watched() -> ASGIReceiveEvent:
        event = await receive()
        if event["type"] == "http.disconnect":
            delivery.gone = True
        return event

    return watched


def _counting(delivery: Delivery, send: ASGISendCallable) -> ASGISendCallable:
    async def counted(event: ASGISendEvent) -> None:
        if event["type"] == "http.response.start":
            delivery.status = event["status"]
            _note(delivery, event)
        elif event["type"] == "http.response.body":
            # counted before it is sent: a client that leaves meanwhile may have received it
            _count(delivery, len(event["body"]))
        try:
            await send(event)
        except ConnectionError:
            delivery.gone = True
            raise
        if event["type"] == "http.response.body" and not event["more_body"]:
            delivery.complete = delivery.sent >= delivery.planned

    return counted


def _announcing(delivery: Delivery, send: ASGISendCallable) -> ASGISendCallable:
    async def announced(event: ASGISendEvent) -> None:
        if event["type"] == "http.response.start":
            about = f"{delivery.route} {delivery.range_kind or '-'}".encode("latin-1")
            said = [(b"x-delivery", about), (b"x-file-size", b"%d" % delivery.carried_of)]
            event = {**event, "headers": [*event["headers"], *said]}
        await send(event)

    return announced


def _count(delivery: Delivery, length: int) -> None:
    # (the server drops what a framework sends as the body of an answer to HEAD)
    if length and delivery.planned:
        delivery.sent += length
        if delivery.first_byte is None:
            delivery.first_byte = perf_counter()


def _note(delivery: Delivery, event: HTTPResponseStartEvent) -> None:
    fields = {name.lower(): value for name, value in event["headers"]}
    delivery.content_range = fields.get(b"content-range", b"").decode("latin-1")
    if delivery.method != "HEAD" and event["status"] not in _BODYLESS:
        delivery.planned = int(fields.get(b"content-length", 0))
