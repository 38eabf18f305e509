"""A strict reader of 206: Content-Range (RFC 9110, 14.4), multipart/byteranges (14.6; RFC 2046, 5.1.1)."""

import re
from dataclasses import dataclass

from tests.conformance.answers import FIELD_LINE, Head

CONTENT_RANGE = re.compile(r"bytes ([0-9]+)-([0-9]+)/([0-9]+|\*)")
_BCHARS = r"0-9A-Za-z'()+_,./:=?\-"
BOUNDARY = re.compile(
    r"multipart/byteranges *; *boundary=(?:"
    rf'"(?P<quoted>[ {_BCHARS}]{{0,69}}[{_BCHARS}])"|(?P<token>[!#$%&\'*+.^_`|~0-9A-Za-z-]{{1,70}}))',
    re.IGNORECASE,
)


class UntrueError(Exception):
    """A 206 that does not say what it carries, or carries what is not in the file."""


@dataclass(frozen=True)
class Piece:
    """A part of the representation, the octets `first` to `last`, and the Content-Type that it was given."""

    first: int
    last: int
    content_type: str = ""


def is_multipart(head: Head) -> bool:
    return head.value("Content-Type").lower().startswith("multipart/")


def pieces_of(head: Head, body: bytes, content: bytes) -> list[Piece]:
    """Take the content of a 206 apart and compare every byte; raise UntrueError for what is off."""
    if not is_multipart(head):
        if len(head.values("Content-Range")) != 1:
            raise UntrueError("9110 15.3.7.1: a single part needs one Content-Range")
        return [_compared(head.value("Content-Range"), head.value("Content-Type"), body, content)]
    if head.values("Content-Range"):
        raise UntrueError("9110 15.3.7.2: Content-Range in the header section of a multipart response")
    match = BOUNDARY.fullmatch(head.value("Content-Type"))
    if not match:
        raise UntrueError(f"9110 14.6: no boundary in {head.value('Content-Type')}")
    boundary = (match["quoted"] or match["token"]).encode("latin-1")
    return [
        _compared(fields.get("content-range", ""), fields.get("content-type", ""), part, content)
        for fields, part in _parts(body, boundary)
    ]


def _compared(content_range: str, content_type: str, body: bytes, content: bytes) -> Piece:
    match = CONTENT_RANGE.fullmatch(content_range)
    if not match:
        raise UntrueError(f"9110 14.4: Content-Range: {content_range or 'none'}")
    first, last = int(match[1]), int(match[2])
    if first > last or last >= len(content) or match[3] not in {"*", str(len(content))}:
        raise UntrueError(f"9110 14.4: {content_range} is not in a file of {len(content)} octets")
    if body != content[first : last + 1]:
        raise UntrueError(f"9110 15.3.7: {len(body)} octets that are not those of {content_range}")
    return Piece(first, last, content_type)


def _parts(body: bytes, boundary: bytes) -> list[tuple[dict[str, str], bytes]]:
    delimiter = b"\r\n--" + boundary
    # the first delimiter may stand at the very beginning; what precedes it is a preamble
    pieces = (b"\r\n" + body).split(delimiter)
    parts, end = pieces[1:-1], pieces[-1]
    if not re.match(rb"--[ \t]*(\r\n|$)", end) or not parts:
        raise UntrueError("9110 14.6: the multipart content has no closing delimiter, or no part")
    return [_part(part) for part in parts]


def _part(part: bytes) -> tuple[dict[str, str], bytes]:
    padding, newline, rest = part.partition(b"\r\n")
    # a part without any field begins with the empty line
    head, blank, body = (b"\r\n" + rest).partition(b"\r\n\r\n")
    if padding.strip(b" \t") or not newline or not blank:
        raise UntrueError("9110 14.6: a part without a header area")
    fields: dict[str, str] = {}
    for line in head.removeprefix(b"\r\n").split(b"\r\n"):
        match = FIELD_LINE.fullmatch(line)
        if not match or match[1].decode().lower() in fields:
            raise UntrueError(f"9110 14.6: a part's field line {line[:60]!r}")
        fields[match[1].decode().lower()] = match[2].decode("latin-1")
    return fields, body
