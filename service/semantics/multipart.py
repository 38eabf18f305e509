"""multipart/byteranges (RFC 9110, section 14.6)."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.semantics.ranges import ByteRange

Body = tuple[bytes | ByteRange, ...]
"""A response body: literal bytes and ranges of the representation, in order."""


@dataclass(frozen=True, slots=True)
class Part:
    """What every part says of the representation, `size` in bytes, and the boundary between the parts."""

    size: int
    content_type: str
    boundary: str


def content_range(selected: ByteRange, size: int) -> str:
    """Return the Content-Range value of a range of a representation of `size` bytes."""
    return f"bytes {selected.first}-{selected.last}/{size}"


def content_length(body: Body) -> int:
    """Return the number of bytes in `body`."""
    return sum(piece.length if isinstance(piece, ByteRange) else len(piece) for piece in body)


def multipart_body(ranges: Sequence[ByteRange], about: Part, *, limit: int | None = None) -> Body:
    """Return the body that holds `ranges` as parts, in order.

    With `limit` (bytes) the body is never longer than that: the last part that fits is cut and those behind
    it are left out; it is empty when not even one byte fits beside the first part's header.
    """
    end = f"\r\n--{about.boundary}--\r\n".encode("latin-1")
    pieces: list[bytes | ByteRange] = []
    total = len(end)
    for selected in ranges:
        head = _part_head(selected, about, first=not pieces)
        room = selected.length if limit is None else limit - total - len(head)
        if room < 1:
            break
        kept = selected.limited(room)
        # (a cut range is announced as it is sent; its header can only get shorter by that)
        pieces += [_part_head(kept, about, first=not pieces), kept]
        total += len(head) + kept.length
    return (*pieces, end) if pieces else ()


def _part_head(selected: ByteRange, about: Part, *, first: bool) -> bytes:
    before = "" if first else "\r\n"
    return (
        f"{before}--{about.boundary}\r\nContent-Type: {about.content_type}\r\n"
        f"Content-Range: {content_range(selected, about.size)}\r\n\r\n"
    ).encode("latin-1")
