"""Clients that behave like players, also badly: they read slowly, stop reading, or leave."""

import http.client
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

SMALL_WINDOW = 16 * 1024
"""Receive buffer of a viewer: what it has not read stays with the sender."""


class Viewer:
    """One download on a connection of its own, read in the pieces that the test wants."""

    def __init__(
        self,
        base_url: str,
        path: str = "/video.mp4",
        headers: Mapping[str, str] | None = None,
        window: int | None = SMALL_WINDOW,
    ) -> None:
        address = urlsplit(base_url)
        self._socket = socket.socket()
        self._socket.settimeout(60)
        if window is not None:  # has to be known before the handshake
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        try:
            self._socket.connect((address.hostname, address.port))
            fields = {"Host": address.netloc, "Connection": "close"} | dict(headers or {})
            lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
            self._socket.sendall("\r\n".join(lines).encode())
            self._response = http.client.HTTPResponse(self._socket)
            self._response.begin()
        except BaseException:
            self._socket.close()
            raise
        self.status = self._response.status
        self.headers = self._response.headers
        self.size = int(self.headers["Content-Length"])

    def read(self, count: int) -> bytes:
        """Read so many bytes, fewer at the end only."""
        return self._response.read(count)

    def read_into(self, buffer: memoryview) -> int:
        return self._response.readinto(buffer)

    def rest(self) -> bytes:
        """Read as fast as possible to the end, be it the true one or an early one."""
        pieces = []
        while piece := self._response.read(1 << 20):
            pieces.append(piece)
        return b"".join(pieces)

    def dawdle(self, seconds: float, step: int = 8192, pause: float = 0.05) -> bytes:
        """Read little pieces at a steady pace for so long."""
        pieces, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            pieces.append(self._response.read(step))
            time.sleep(pause)
        return b"".join(pieces)

    def leave(self) -> None:
        """Close with unread bytes in the buffer, as a closed tab does: the server sees a reset."""
        self._response.close()
        self._socket.close()

    def what_comes(self) -> bytes:
        """Read what still comes, to the end or until the connection is cut."""
        pieces = []
        with suppress(ConnectionError, TimeoutError, http.client.IncompleteRead):
            while piece := self._response.read(1 << 16):
                pieces.append(piece)
        return b"".join(pieces)

    def until_cut(self) -> int:
        """Read what still comes; the answer is how much that was."""
        return len(self.what_comes())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()
