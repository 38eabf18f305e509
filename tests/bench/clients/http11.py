"""As much of HTTP as the clients speak: a GET on 127.0.0.1, and the head of its answer."""

import socket
from dataclasses import dataclass

HOST = "127.0.0.1"
END = b"\r\n\r\n"
LONGEST_HEAD = 16384


def get(path: str, first: int | None = None, last: int | None = None) -> bytes:
    """Write a request for the bytes from first to last, or to the end, or for the whole file."""
    wanted = "" if first is None else f"Range: bytes={first}-{'' if last is None else last}\r\n"
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{wanted}\r\n".encode()


@dataclass(frozen=True)
class Head:
    status: int
    fields: dict[str, str]

    @classmethod
    def parse(cls, octets: bytes) -> "Head":
        line, *rest = octets.decode("latin-1").split("\r\n")
        pairs = (field.partition(":") for field in rest if field)
        return cls(int(line.split()[1]), {name.lower(): value.strip() for name, _, value in pairs})

    @property
    def length(self) -> int:
        return int(self.fields.get("content-length", "-1"))

    def is_range(self, first: int, last: int, size: int) -> bool:
        """Say whether this is exactly what was asked for."""
        span = f"bytes {first}-{last}/{size}"
        return (self.status, self.fields.get("content-range"), self.length) == (206, span, last - first + 1)


def read_head(connection: socket.socket) -> tuple[Head, bytes]:
    """Read up to the end of the head; the second value is what of the body came with it."""
    octets = b""
    while END not in octets and len(octets) < LONGEST_HEAD:
        if not (more := connection.recv(4096)):
            break
        octets += more
    head, _, body = octets.partition(END)
    return Head.parse(head), body
