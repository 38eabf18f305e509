"""A client of HTTP/2 over TLS that shows what libraries hide: windows, and the reset of a single stream."""

import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, ResponseReceived, StreamEnded, StreamReset
from h2.settings import SettingCodes, Settings

WIDE = 1 << 24


@dataclass
class Stream:
    """What has come of one response so far."""

    status: int = 0
    fields: list[tuple[str, str]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)
    ended: bool = False
    reset: bool = False

    def values(self, name: str) -> list[str]:
        return [value for found, value in self.fields if found == name]


class Http2:
    """One connection. `window` is how many bytes of a response the server may send unread."""

    def __init__(self, address: tuple[str, int], root: Path, window: int = WIDE) -> None:
        context = ssl.create_default_context(cafile=str(root))
        context.set_alpn_protocols(["h2"])
        plain = socket.create_connection(address, timeout=30)
        self._socket = context.wrap_socket(plain, server_hostname="localhost")
        self.protocol = self._socket.selected_alpn_protocol()
        subject: Any = (self._socket.getpeercert() or {})["subject"]
        self.owner = str(dict(pair for (pair,) in subject)["commonName"])
        self._h2 = H2Connection(H2Configuration(header_encoding="utf-8"))
        initial = {SettingCodes.INITIAL_WINDOW_SIZE: window, SettingCodes.ENABLE_PUSH: 0}
        self._h2.local_settings = Settings(client=True, initial_values=initial)
        self._h2.initiate_connection()
        self._h2.increment_flow_control_window(WIDE)
        self._send()
        self._streams: dict[int, Stream] = {}

    def begin(self, path: str, fields: Iterable[tuple[str, str]] = (), method: str = "GET") -> int:
        """Send a request and return the number of its stream."""
        number = self._h2.get_next_available_stream_id()
        pseudo = [(":method", method), (":path", path), (":scheme", "https"), (":authority", "localhost")]
        lower = [(name.lower(), value) for name, value in fields]
        self._streams[number] = Stream()
        self._h2.send_headers(number, [*pseudo, *lower], end_stream=True)
        self._send()
        return number

    def until(self, number: int, count: int) -> Stream:
        """Read until so many bytes of the body are there, or the end; its window stays as it is."""
        stream = self._streams[number]
        while len(stream.body) < count and not (stream.ended or stream.reset):
            self._receive()
        return stream

    def ask(self, path: str, fields: Mapping[str, str] | None = None, method: str = "GET") -> Stream:
        number = self.begin(path, (fields or {}).items(), method)
        return self.until(number, WIDE)

    def leave(self, number: int) -> None:
        """Want no more of this stream; the connection goes on."""
        self._h2.reset_stream(number)
        self._send()

    def until_reset(self, number: int, timeout: float) -> bool:
        """Read nothing of the body; say whether the server has given the stream up in that time."""
        deadline = time.monotonic() + timeout
        while not self._streams[number].reset and time.monotonic() < deadline:
            self._socket.settimeout(max(0.1, deadline - time.monotonic()))
            try:
                if not self._receive():
                    return True
            except TimeoutError:
                return False
        return self._streams[number].reset

    def _send(self) -> None:
        self._socket.sendall(self._h2.data_to_send())

    def _receive(self) -> bool:
        data = self._socket.recv(1 << 16)
        for event in self._h2.receive_data(data):
            if isinstance(event, ResponseReceived):
                (_, status), *fields = ((str(name), str(value)) for name, value in event.headers)
                self._streams[event.stream_id].status = int(status)
                self._streams[event.stream_id].fields = fields
            elif isinstance(event, DataReceived):
                self._streams[event.stream_id].body += event.data
                if event.flow_controlled_length:  # of the connection, which is never what holds a stream up
                    self._h2.increment_flow_control_window(event.flow_controlled_length)
            elif isinstance(event, StreamEnded):
                self._streams[event.stream_id].ended = True
            elif isinstance(event, StreamReset):
                self._streams[event.stream_id].reset = True
        self._send()
        return bool(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()
