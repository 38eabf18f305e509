"""A client on the ASGI interface itself: Quart's test client rewrites headers and cannot leave midway."""

import asyncio
from functools import partial
from typing import Any

from hypercorn.typing import ASGIFramework
from quart import Quart


def framework_alone(app: Quart) -> ASGIFramework:
    """Return what answers behind our own layers; it needs a delivery record around it."""
    return partial(Quart.asgi_app, app)


class AsgiClient:
    """One request; takes `blocks` body messages, then reads no more, or resets the connection.

    Setting `gone` disconnects.
    """

    def __init__(self, app: ASGIFramework, blocks: int = 1000, *, reset: bool = False) -> None:
        self.app = app
        self.gone = asyncio.Event()
        self.full = asyncio.Event()
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.body = b""
        self.reset = reset
        self._blocks = blocks

    async def receive(self) -> dict[str, Any]:
        """Say nothing until the client is gone, or has everything."""
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        """Take a message; one that is not read waits until the client is gone, and fails as a server's."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(name.decode().lower(), value.decode()) for name, value in message["headers"]]
            return
        if self._blocks == 0:
            if self.reset:
                raise ConnectionResetError
            self.full.set()
            await self.gone.wait()  # as a socket whose buffer is full
            raise ConnectionResetError
        self._blocks -= 1
        self.body += message["body"]
        if not message["more_body"]:
            self.gone.set()  # a server says so when the response is over

    async def request(self, path: str, method: str = "GET", headers: dict[str, str] | None = None) -> None:
        """Send the request and take what comes until the application is done with it."""
        fields = {"Host": "localhost", **(headers or {})}
        lines = [(name.lower().encode(), value.encode()) for name, value in fields.items()]
        scope: dict[str, Any] = {
            "type": "http",
            "http_version": "1.1",
            "asgi": {"version": "3.0"},
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": lines,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
            "extensions": {},
            "state": {},
        }
        await self.app(scope, self.receive, self.send)  # type: ignore[arg-type]
