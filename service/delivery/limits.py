"""The ASGI layer that keeps the limits where no nginx does: how many at once, how often, how fast.

New deliveries are refused before running ones suffer. Where nginx stands in front, it knows of all deliveries
and this is its part (nginx/http/limits.conf).
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from time import monotonic

from hypercorn.typing import ASGIFramework, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

from service.delivery.pace import paced
from service.delivery.record import Delivery, current_delivery
from service.delivery.refusals import CLIENT_DELIVERIES, CLIENT_REQUESTS, DELIVERIES, REFUSALS
from service.delivery.request_rate import RequestRate
from service.delivery.resource import Resource
from service.semantics.addresses import client_network
from service.semantics.phrases import refusal, refusal_fields
from service.settings import Settings

_PROBES = {"/healthz", "/readyz"}

_network = lru_cache(maxsize=4096)(client_network)


class Limits:
    """Lets through to `app` what `settings` allow; `find` tells deliveries by path."""

    def __init__(
        self, app: ASGIFramework, find: Callable[[str], Resource | None], settings: Settings
    ) -> None:
        self._app = app
        self._find = find
        self._settings = settings
        self._rate = RequestRate(settings.max_request_rate)
        self._deliveries = Counter[str]()
        self._all = 0

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        delivery = current_delivery.get()
        client = _network(delivery.client, self._settings.client_ipv6_prefix)
        if not self._may_ask(scope["path"], client):
            await _refuse(CLIENT_REQUESTS, delivery, send)
        elif resource := self._find(scope["path"]):
            await self._deliver(resource.route, client, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _may_ask(self, path: str, client: str) -> bool:
        # probes are nobody's requests: they would find a busy house away
        if not self._settings.max_request_rate or path in _PROBES:
            return True
        return self._rate.admits(client, monotonic())

    async def _deliver(
        self,
        route: str,
        client: str,
        scope: HTTPScope,
        receive: ASGIReceiveCallable,
        send: ASGISendCallable,
    ) -> None:
        delivery = current_delivery.get()
        if reason := self._too_many(client):
            delivery.route = route
            await _refuse(reason, delivery, send)
            return
        if self._settings.rate_limit:
            send = paced(send, self._settings.rate_limit, delivery.started)
        with self._counting(client):
            await self._app(scope, receive, send)

    def _too_many(self, client: str) -> str | None:
        if 0 < self._settings.max_deliveries_per_client <= self._deliveries[client]:
            return CLIENT_DELIVERIES
        return DELIVERIES if 0 < self._settings.max_deliveries <= self._all else None

    @contextmanager
    def _counting(self, client: str) -> Iterator[None]:
        self._all += 1
        self._deliveries[client] += 1
        try:
            yield
        finally:
            self._all -= 1
            self._deliveries[client] -= 1
            if not self._deliveries[client]:
                del self._deliveries[client]


async def _refuse(reason: str, delivery: Delivery, send: ASGISendCallable) -> None:
    found = REFUSALS[reason]
    delivery.lane = reason
    body = refusal(found.status, found.text)
    headers = [*refusal_fields(body), (b"retry-after", b"%d" % found.retry_after)]
    await send({"type": "http.response.start", "status": found.status, "headers": headers, "trailers": False})
    await send({"type": "http.response.body", "body": body, "more_body": False})
