"""A raw-socket client: sends these very bytes, and reads what comes by the framing rules (RFC 9112, 6.3)."""

import re
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field

from tests.conformance.answers import Answer, Head, MalformedError, body_length, parse_head

PATIENCE = 4.0  # seconds for an answer to begin, or to go on
CLOSING = 2.0  # seconds for the server to close the connection when it should
PAUSE = 0.4  # seconds between the pieces of a request, and for a silence to count as one
_BLOCK = 1 << 18
_MAX_HEAD = 1 << 16
_FINAL = re.compile(rb"HTTP/1\.[01] [2-5]")


@dataclass(frozen=True)
class Script:
    """What a client does on one connection.

    `pieces` are sent one after the other, with a pause between them. `methods` are those of the requests in
    them, as many as may be answered. With `linger` the client then waits for the server to close. With `asks`
    it keeps the last piece, which is content, for itself if the answer has come without it (100-continue).
    """

    pieces: tuple[bytes, ...]
    methods: tuple[str, ...] = ("GET",)
    half_close: bool = False
    linger: bool = True
    asks: bool = False


@dataclass
class Exchange:
    """What came of it."""

    answers: list[Answer] = field(default_factory=list)
    early: bytes = b""
    """What the server said before the last piece was sent."""
    closed: bool = False
    rest: bytes = b""
    """What came after the answers."""
    fault: str = ""
    """Why the bytes are no HTTP, if they are not."""

    def __str__(self) -> str:
        said = [_summary(answer) for answer in self.answers] or ["no answer"]
        said += [f"malformed ({self.fault})"] if self.fault else []
        said += [f"then {self.rest[:40]!r}"] if self.rest else []
        return ", ".join(said) + (", closed" if self.closed else "")


def _summary(answer: Answer) -> str:
    described = answer.value("Content-Range") or f"{len(answer.body)} octets"
    kind = " multipart" if answer.value("Content-Type").startswith("multipart/") else ""
    return f"{answer.status}{kind} ({described})"


def converse(address: tuple[str, int], script: Script) -> Exchange:
    """Play `script` on a new connection."""
    exchange = Exchange()
    with socket.create_connection(address, timeout=PATIENCE) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader = _Reader(connection)
        _send(connection, reader, script, exchange)
        try:
            for method in script.methods:
                if not reader.ended():
                    exchange.answers.append(reader.answer(method))
        except MalformedError as error:
            exchange.fault = str(error)
        except TimeoutError:
            pass  # no answer, or no more of them
        if script.linger:
            exchange.rest, exchange.closed = reader.until_closed(CLOSING)
    return exchange


def _send(connection: socket.socket, reader: "_Reader", script: Script, exchange: Exchange) -> None:
    *first, last = script.pieces
    # a server may refuse and hang up before it has read everything; what it said is still to be read
    with suppress(OSError):
        for piece in first:
            connection.sendall(piece)
            exchange.early = reader.listen(PAUSE)
        if not (script.asks and _FINAL.match(exchange.early)):
            connection.sendall(last)
        if script.half_close:
            connection.shutdown(socket.SHUT_WR)


class _Reader:
    """Reads a connection; a reset is an end like any other."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = bytearray()
        self._ended = False

    def ended(self) -> bool:
        """Wait for the next byte, and say whether there is none."""
        return not self._buffer and not self._more()

    def listen(self, seconds: float) -> bytes:
        """Wait for bytes, and return all there are without taking them away."""
        with suppress(TimeoutError):
            self._more(seconds)
        return bytes(self._buffer)

    def answer(self, method: str) -> Answer:
        """Read a final response and the interim ones before it."""
        interim: list[int] = []
        while True:
            head = self._head()
            length = body_length(head, method)
            if head.status >= 200 or head.status == 101:
                break
            interim.append(head.status)
        body = self._body(length)
        return Answer(head.version, head.status, head.fields, body, length is not None, tuple(interim))

    def until_closed(self, seconds: float) -> tuple[bytes, bool]:
        """Read until the server closes or the time is over; say which."""
        deadline = time.monotonic() + seconds
        with suppress(TimeoutError):
            while self._more(max(0.01, deadline - time.monotonic())):
                pass
        return bytes(self._buffer), self._ended

    def _more(self, seconds: float = PATIENCE) -> bool:
        if self._ended:
            return False
        self._connection.settimeout(seconds)
        try:
            block = self._connection.recv(_BLOCK)
        except ConnectionError:
            block = b""
        self._buffer += block
        self._ended = not block
        return bool(block)

    def _need(self, what: str) -> None:
        if not self._more():
            raise MalformedError(f"9112 8: the connection ends within {what}")

    def _until(self, mark: bytes, what: str, limit: int = _MAX_HEAD) -> bytes:
        while (end := self._buffer.find(mark)) < 0:
            if len(self._buffer) > limit:
                raise MalformedError(f"9112 2.1: no end of {what}")
            self._need(what)
        return self._take(end + len(mark))[:end]

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._need(f"the content, after {len(self._buffer)} of {count} octets")
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def _head(self) -> Head:
        if not b"HTTP/1.".startswith(self._buffer[:7]):
            raise MalformedError(f"9112 4: no status line: {bytes(self._buffer[:40])!r}")
        return parse_head(self._until(b"\r\n\r\n", "the header section"))

    def _body(self, length: int | None) -> bytes:
        if length is None:
            while self._more():
                pass
            return self._take(len(self._buffer))
        return self._chunks() if length < 0 else self._take(length)

    def _chunks(self) -> bytes:
        body = bytearray()
        while size := self._chunk_size():
            body += self._take(size)
            if self._take(2) != b"\r\n":
                raise MalformedError("9112 7.1: no CRLF after a chunk")
        while self._until(b"\r\n", "the trailer section"):
            pass
        return bytes(body)

    def _chunk_size(self) -> int:
        line = self._until(b"\r\n", "a chunk size")
        match = re.fullmatch(rb"([0-9A-Fa-f]+)(?:[ \t]*;.*)?", line)
        if not match:
            raise MalformedError(f"9112 7.1: chunk size {line[:40]!r}")
        return int(match[1], 16)
