"""EBML elements, which Matroska and WebM files are made of (RFC 8794)."""

import math
import struct
from collections.abc import Iterator
from typing import NamedTuple

from service.metadata.window import Window

_LONGEST_ID, _LONGEST_SIZE = 4, 8  # bytes
_FLOATS = {4: struct.Struct(">f"), 8: struct.Struct(">d")}


class Element(NamedTuple):
    """An element by its ID, marker bits included, and where in the file its content begins and ends.

    One that is cut has an `end` before its own, and no value: the rest of one could be another.
    """

    ident: int
    start: int
    end: int
    is_cut: bool = False

    def content(self, window: Window, length: int) -> bytes:
        """Return the first `length` bytes of the content, fewer where it ends, none when it is cut."""
        return b"" if self.is_cut else window.look(self.start, min(length, self.end - self.start))

    def integer(self, window: Window) -> int | None:
        """Return an unsigned integer, None where there is none (which stands for the default)."""
        data = self.content(window, 8)
        return int.from_bytes(data, "big") if data and len(data) == self.end - self.start else None

    def floating(self, window: Window) -> float | None:
        """Return a float that is a number, None for all else."""
        data = self.content(window, 8)
        layout = _FLOATS.get(self.end - self.start)
        if layout is None or len(data) < layout.size:
            return None
        value: float = layout.unpack(data)[0]
        return value if math.isfinite(value) else None

    def text(self, window: Window, length: int) -> str:
        """Return a string of ASCII, up to the zero that may end it, without what is none."""
        return self.content(window, length).partition(b"\0")[0].decode("ascii", "ignore")


def elements(window: Window, start: int, end: int) -> Iterator[Element]:
    """Yield the elements one after the other; contents are not read.

    One that claims more than there is ends at `end`. One of unknown size does so too, and what it has in it
    is yielded after it, as if it stood beside it: so whatever follows it is found without a table of what
    belongs into what (RFC 8794, section 6.2).
    """
    while start < end:
        header = window.look(start, min(_LONGEST_ID + _LONGEST_SIZE, end - start))
        id_length = _length(header, 0)
        size_length = _length(header, id_length)
        content = start + id_length + size_length
        if id_length > _LONGEST_ID or len(header) < id_length + size_length:
            return
        size = _value(header[id_length : id_length + size_length])
        ident = int.from_bytes(header[:id_length], "big")
        stop = end if size is None else content + size
        yield Element(ident, content, min(stop, end), stop > end)
        start = content + (size or 0)


def children(window: Window, parent: Element, *wanted: int) -> dict[int, Element]:
    """Return the first element of each ID that is `wanted` in `parent`, and look no further than need be."""
    found: dict[int, Element] = {}
    for element in elements(window, parent.start, parent.end):
        if element.ident in wanted:
            found.setdefault(element.ident, element)
            if len(found) == len(wanted):
                break
    return found


def _length(header: bytes, at: int) -> int:
    # the place of the first bit that is set says how many bytes there are; nine are more than any has
    return 9 - header[at].bit_length() if at < len(header) else _LONGEST_SIZE + 1


def _value(vint: bytes) -> int | None:
    ones = (1 << 7 * len(vint)) - 1
    value = int.from_bytes(vint, "big") & ones
    return None if value == ones else value
