"""Boxes, which MP4 and QuickTime files are made of (ISO/IEC 14496-12, section 4.2)."""

from collections.abc import Iterator
from typing import NamedTuple

from service.metadata.window import Window

_SHORT, _LONG = 8, 16  # bytes of a header, with a size of 32 bits and of 64


class Box(NamedTuple):
    """A box by its type, and the positions in the file where its payload begins and ends."""

    kind: bytes
    start: int
    end: int

    def payload(self, window: Window, length: int) -> bytes:
        """Return the first `length` bytes of the payload, fewer where it ends."""
        return window.look(self.start, min(length, self.end - self.start))


def boxes(window: Window, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes one after the other; payloads are not read.

    A box that claims more than there is ends at `end`. One that is smaller than its own header ends the
    walk: nobody knows where the next one would be.
    """
    while start + _SHORT <= end:
        header = window.look(start, min(_LONG, end - start))
        size, length = _size(header, end - start)
        if size < length or len(header) < length:
            return
        yield Box(header[4:8], start + length, min(start + size, end))
        start += size


def _size(header: bytes, rest: int) -> tuple[int, int]:
    size = int.from_bytes(header[:4], "big")
    if size == 1:
        return int.from_bytes(header[8:16], "big"), _LONG
    return size or rest, _SHORT  # (0: up to the end of what the box is in)


def children(window: Window, parent: Box, *kinds: bytes) -> dict[bytes, Box]:
    """Return the first box of each of `kinds` in `parent`, and look no further than need be.

    So the sample tables, which make up nearly all of a long film's index, are not even passed by when they
    come after what is wanted.
    """
    found: dict[bytes, Box] = {}
    for box in boxes(window, parent.start, parent.end):
        if box.kind in kinds:
            found.setdefault(box.kind, box)
            if len(found) == len(kinds):
                break
    return found


def descendant(window: Window, parent: Box, *path: bytes) -> Box | None:
    """Return the first box at `path` below `parent`."""
    box: Box | None = parent
    for kind in path:
        box = children(window, box, kind).get(kind) if box else None
    return box
