"""What a server sent, read strictly (RFC 9112, sections 4 to 7)."""

import re
from dataclasses import dataclass

STATUS_LINE = re.compile(rb"HTTP/(1\.[01]) ([1-5][0-9]{2}) ([\t \x21-\x7e\x80-\xff]*)")
FIELD_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*")
BODYLESS = {204, 304}


class MalformedError(Exception):
    """The bytes are no HTTP/1.1 response; the message names the section and what is off."""


@dataclass(frozen=True)
class Head:
    """A status line and a header section."""

    version: str
    status: int
    fields: tuple[tuple[str, str], ...]

    def values(self, name: str) -> list[str]:
        return [value for field, value in self.fields if field.lower() == name.lower()]

    def members(self, name: str) -> list[str]:
        """The members of a list-based field, in lower case."""
        joined = ",".join(self.values(name))
        return [member for text in joined.split(",") if (member := text.strip(" \t").lower())]

    def value(self, name: str) -> str:
        return ", ".join(self.values(name))


@dataclass(frozen=True)
class Answer(Head):
    """A final response; `interim` are the statuses of the 1xx before it."""

    body: bytes = b""
    delimited: bool = True
    """Whether the end of the body was known beforehand, and not only by the end of the connection."""
    interim: tuple[int, ...] = ()


def parse_head(text: bytes) -> Head:
    """Read a status line and field lines, without the empty line that ends them."""
    start, *lines = text.split(b"\r\n")
    match = STATUS_LINE.fullmatch(start)
    if not match:
        raise MalformedError(f"9112 4: not a status line: {start[:80]!r}")
    fields = tuple(_field(line) for line in lines)
    return Head(match[1].decode(), int(match[2]), fields)


def _field(line: bytes) -> tuple[str, str]:
    match = FIELD_LINE.fullmatch(line)
    if not match:
        raise MalformedError(f"9112 5: not a field line: {line[:80]!r}")
    return match[1].decode("ascii"), match[2].decode("latin-1")


def body_length(head: Head, method: str) -> int | None:
    """Return the body's length in octets (6.3): -1 when chunked, None when the connection's end ends it."""
    lengths = head.values("Content-Length")
    coded = bool(head.values("Transfer-Encoding"))
    if lengths and coded:
        raise MalformedError("9112 6.2: Content-Length beside Transfer-Encoding")
    if (head.status < 200 or head.status == 204) and (lengths or coded):
        raise MalformedError(f"9110 8.6: a {head.status} describes the length of content that it cannot have")
    if lengths and not re.fullmatch("[0-9]+", lengths[0]):
        raise MalformedError(f"9110 8.6: Content-Length: {lengths[0]}")
    if len(lengths) > 1:
        raise MalformedError("9110 5.3: two Content-Length lines")
    if method == "HEAD" or head.status in BODYLESS or head.status < 200:
        return 0
    if coded:
        return _chunked(head)
    return int(lengths[0]) if lengths else None


def _chunked(head: Head) -> int:
    if head.members("Transfer-Encoding") != ["chunked"]:
        raise MalformedError("9112 7: a transfer coding that was not asked for")
    return -1
