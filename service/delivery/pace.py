"""Sending no faster than so many bytes a second, as nginx's limit_rate does."""

import asyncio
from time import perf_counter

from hypercorn.typing import ASGISendCallable, ASGISendEvent, HTTPResponseBodyEvent

_PIECES = 4  # a second, so that the bytes come evenly and a client that leaves is noticed soon


def paced(send: ASGISendCallable, rate: int, started: float) -> ASGISendCallable:
    """Return a `send` that passes on at most `rate` bytes of body for each second begun since `started`."""
    step = max(1, rate // _PIECES)
    sent = 0

    async def slow(event: ASGISendEvent) -> None:
        nonlocal sent
        if event["type"] != "http.response.body" or not event["body"]:
            await send(event)
            return
        for piece in _pieces(event, step):
            sent += len(piece["body"])
            await asyncio.sleep(max(0.0, sent / rate - 1 - (perf_counter() - started)))
            await send(piece)

    return slow


def _pieces(event: HTTPResponseBodyEvent, step: int) -> list[HTTPResponseBodyEvent]:
    body = event["body"]
    return [
        {
            **event,
            "body": body[place : place + step],
            "more_body": event["more_body"] or place + step < len(body),
        }
        for place in range(0, len(body), step)
    ]
