"""How long a fragmented MP4 is: its `moov` comes before the media, so it may not know."""

import struct

from service.metadata.boxes import Box, boxes, descendant
from service.metadata.window import Window

_REFERENCE = struct.Struct(">III")  # type and size, duration, and what is known of access points
_AT_ONCE = 300  # references: as many as fit into one look


def extent(window: Window, mvex: Box) -> int:
    """Return the duration that `mehd` says, in the movie's time scale (ISO/IEC 14496-12, 8.8.2), or 0."""
    mehd = descendant(window, mvex, b"mehd")
    data = mehd.payload(window, 12) if mehd else b""
    width = 8 if data[:1] == b"\1" else 4
    value = data[4 : 4 + width]
    return int.from_bytes(value, "big") if len(value) == width and value.strip(b"\xff") else 0


def indexed_seconds(window: Window, sidx: Box) -> float | None:
    """Return the duration of all that `sidx` refers to (8.16.3), None when that is not the whole file.

    A file may have one index for all of it, or one before each of its fragments, which says little.
    """
    data = sidx.payload(window, 32)
    layout = struct.Struct(">4xIQQxxH" if data[:1] == b"\1" else ">4xIIIxxH")
    start = sidx.start + 4 + layout.size
    if len(data) < 4 + layout.size:
        return None
    scale, _, offset, number = layout.unpack_from(data, 4)
    length, units = _sums(window, Box(b"", start, min(sidx.end, start + number * _REFERENCE.size)))
    after = next(boxes(window, sidx.end + offset + length, window.size), None)
    if not scale or (after and after.kind not in {b"mfra", b"free", b"skip"}):
        return None
    seconds: float = units / scale
    return seconds


def _sums(window: Window, references: Box) -> tuple[int, int]:
    length = units = 0
    for at in range(references.start, references.end, _REFERENCE.size * _AT_ONCE):
        data = window.look(at, min(_REFERENCE.size * _AT_ONCE, references.end - at))
        whole = len(data) - len(data) % _REFERENCE.size
        for size, duration, _ in _REFERENCE.iter_unpack(data[:whole]):
            length += size & 0x7FFFFFFF
            units += duration
    return length, units
