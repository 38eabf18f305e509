"""One track of an MP4: its `trak` box (ISO/IEC 14496-12, section 8.3 to 8.5)."""

import struct

from service.metadata.boxes import Box, children, descendant
from service.metadata.sample_entry import sample_entry
from service.metadata.tracks import Size, Track, sensible_size
from service.metadata.window import Window

_ENABLED, _SIZE_IS_RATIO = 0x000001, 0x000008  # flags of tkhd
# version 0 and 1: what comes before the time scale and the duration, and these
_TIMES = {0: struct.Struct(">12xII"), 1: struct.Struct(">20xIQ")}
_UNKNOWN = {0: 2**32 - 1, 1: 2**64 - 1}
# from the matrix on: a, b, u, c, d, v, x, y, w, width and height
_GEOMETRY = struct.Struct(">9iII")
_GEOMETRY_AT = {0: 40, 1: 52}


class Times:
    """The time scale (units a second) and the duration (units) of `mvhd` or `mdhd`; 0 for the unknown."""

    def __init__(self, window: Window, box: Box | None) -> None:
        data = box.payload(window, 32) if box else b""
        version = data[0] if data else 0
        layout = _TIMES.get(version)
        self.scale = self.units = 0
        if layout and len(data) >= layout.size:
            self.scale, self.units = layout.unpack_from(data)
            self.units = 0 if self.units == _UNKNOWN[version] else self.units

    def seconds(self, units: int) -> float | None:
        """Return `units` as seconds, None where no time scale is known."""
        return units / self.scale if self.scale else None


def read_track(window: Window, trak: Box) -> Track | None:
    """Return what `trak` says, None when it is neither video nor sound, or says neither."""
    found = children(window, trak, b"tkhd", b"mdia")
    media = children(window, found[b"mdia"], b"mdhd", b"hdlr", b"minf") if b"mdia" in found else {}
    handler = media[b"hdlr"].payload(window, 12)[8:] if b"hdlr" in media else b""
    if handler not in {b"vide", b"soun"}:
        return None
    is_video = handler == b"vide"
    stsd = descendant(window, media[b"minf"], b"stbl", b"stsd") if b"minf" in media else None
    entry = sample_entry(window, stsd, is_video=is_video) if stsd else None
    flags, shown = _header(window, found.get(b"tkhd"))
    times = Times(window, media.get(b"mdhd"))
    return Track(
        is_video,
        entry.codec if entry else None,
        sensible_size(shown) or (entry.size if entry else None),
        times.seconds(times.units),
        enabled=bool(flags & _ENABLED),
    )


def _header(window: Window, tkhd: Box | None) -> tuple[int, Size | None]:
    data = tkhd.payload(window, 96) if tkhd else b""
    flags = int.from_bytes(data[1:4], "big") if data else _ENABLED
    at = _GEOMETRY_AT.get(data[0]) if data else None
    if at is None or len(data) < at + _GEOMETRY.size or flags & _SIZE_IS_RATIO:
        return flags, None
    a, b, _, c, d, _, _, _, _, width, height = _GEOMETRY.unpack_from(data, at)
    size = width >> 16, height >> 16  # (they have 16 bits behind the point)
    is_upright = a or d or not (b and c)
    return flags, size if is_upright else size[::-1]
