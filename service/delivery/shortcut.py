"""The ASGI layer that answers for the media itself: the same answers as the framework's, at half their cost.

A request that is answered here passes no context, session, router or response of the framework. What is not
an answer with a file is left to the framework as a whole: other paths, other methods, a file that is missing.
"""

from collections.abc import Callable

from hypercorn.typing import ASGIFramework, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

from service.delivery.resource import Resource
from service.errors import MediaError
from service.semantics.plan import Plan


class Shortcut:
    """An ASGI application that answers GET and HEAD for what `find` finds by path, in front of `app`."""

    def __init__(self, app: ASGIFramework, find: Callable[[str], Resource | None]) -> None:
        self._app = app
        self._find = find

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http" or not await self._answers(scope, send):
            await self._app(scope, receive, send)

    async def _answers(self, scope: HTTPScope, send: ASGISendCallable) -> bool:
        if scope["method"] not in {"GET", "HEAD"}:
            return False
        resource = self._find(scope["path"])
        return resource is not None and await _answer(resource, scope, send)


async def _answer(resource: Resource, scope: HTTPScope, send: ASGISendCallable) -> bool:
    try:
        answer, file = await resource.answer(scope["method"], scope["headers"])
    except MediaError:
        return False
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": _lines(answer),
            "trailers": False,
        }
    )
    async for block in resource.disk.blocks(file, answer.body):
        await send({"type": "http.response.body", "body": block, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
    return True


def _lines(answer: Plan) -> list[tuple[bytes, bytes]]:
    lines = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    return [*lines, (b"x-content-type-options", b"nosniff")]
