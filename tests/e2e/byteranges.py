"""A strict reader of multipart/byteranges (RFC 9110 14.6, RFC 2046 5.1.1): whatever is off fails the test."""

import re
from dataclasses import dataclass

import requests

CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
BOUNDARY = re.compile(
    r"multipart/byteranges; ?boundary=(?P<quote>\"?)(?P<boundary>[\w'()+,./:=?-]{1,70})(?P=quote)"
)


@dataclass(frozen=True)
class Piece:
    first: int
    last: int
    size: int
    body: bytes


def content_range(value: str) -> tuple[int, int, int]:
    """`bytes first-last/size`, each of them a number."""
    match = CONTENT_RANGE.fullmatch(value)
    assert match, f"Content-Range: {value}"
    first, last, size = map(int, match.groups())
    return first, last, size


def pieces_of(response: requests.Response) -> list[Piece]:
    """Take a 206 apart, be it one part or several."""
    assert response.status_code == 206
    assert response.headers["Content-Length"] == str(len(response.content))
    if not response.headers["Content-Type"].startswith("multipart/"):
        first, last, size = content_range(response.headers["Content-Range"])
        assert len(response.content) == last - first + 1
        return [Piece(first, last, size, response.content)]
    assert "Content-Range" not in response.headers, "forbidden beside a multipart body (RFC 9110 15.3.7.2)"
    match = BOUNDARY.fullmatch(response.headers["Content-Type"])
    assert match, response.headers["Content-Type"]
    return list(_parts(response.content, match["boundary"].encode()))


def _parts(body: bytes, boundary: bytes) -> list[Piece]:
    pieces: list[Piece] = []
    rest = body.removeprefix(b"\r\n")
    while rest not in {b"--%b--\r\n" % boundary, b"--%b--" % boundary}:
        piece, rest = _part(rest, b"--%b\r\n" % boundary)
        assert boundary not in piece.body, "the boundary occurs in the content"
        pieces.append(piece)
    return pieces


def _part(rest: bytes, delimiter: bytes) -> tuple[Piece, bytes]:
    """Take one part off the front, as long as its own Content-Range says it is."""
    assert rest.startswith(delimiter), rest[:100]
    head, blank, rest = rest.removeprefix(delimiter).partition(b"\r\n\r\n")
    assert blank, "a part's header does not end"
    lines = [line.split(": ", 1) for line in head.decode("ascii").split("\r\n")]
    fields = {name.lower(): value for name, value in lines}
    assert len(fields) == len(lines), f"a header stands there twice: {head!r}"
    assert fields["content-type"] == "video/mp4"
    first, last, size = content_range(fields["content-range"])
    length = last - first + 1
    assert rest[length : length + 2] == b"\r\n", "a part does not end where its Content-Range says"
    return Piece(first, last, size, rest[:length]), rest[length + 2 :]
