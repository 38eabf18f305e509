"""Where the last fragment of an MP4 ends, by the index behind them (ISO/IEC 14496-12, 8.8).

That is what is left of a recording's length when nobody has gone back to its beginning to note it down.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from service.metadata.boxes import Box, boxes, children, descendant
from service.metadata.mp4_track import Times
from service.metadata.window import CHUNK, Window

_MFRO = struct.Struct(">4x4s4xI")
_TRACK_AND_LENGTHS = struct.Struct(">III")
_TREX = struct.Struct(">4xI4xI")  # track, and how long a sample is if nothing else is said
_HAS_BASE, _HAS_ENTRY, _HAS_DURATION = 0x01, 0x02, 0x08  # flags of tfhd
_RUN_OFFSET, _RUN_FLAGS, _SAMPLE_DURATION = 0x001, 0x004, 0x100  # flags of trun
_SAMPLE_FIELDS = (_SAMPLE_DURATION, 0x200, 0x400, 0x800)  # four bytes each, the duration first


class Clock(NamedTuple):
    """Units a second, and how many units a sample takes if nothing else is said."""

    scale: int
    sample: int


def end_of_fragments(window: Window, moov: Box, mvex: Box) -> float | None:
    """Return when the last sample ends, in seconds, None where the file has no index at its end."""
    clocks = _clocks(window, moov, mvex)
    inside = (box for moof in _last(window) for box in boxes(window, moof.start, moof.end))
    ends = (_end(window, box, clocks) for box in inside if box.kind == b"traf")
    return max((end for end in ends if end), default=None)


def _clocks(window: Window, moov: Box, mvex: Box) -> dict[int, Clock]:
    extends = (box.payload(window, 16) for box in boxes(window, mvex.start, mvex.end) if box.kind == b"trex")
    samples = dict(_TREX.unpack(data) for data in extends if len(data) == _TREX.size)
    clocks: dict[int, Clock] = {}
    for trak in boxes(window, moov.start, moov.end):
        tkhd = descendant(window, trak, b"tkhd") if trak.kind == b"trak" else None
        if tkhd:
            track = _number(tkhd.payload(window, 24), (12, 20), (4, 4))
            scale = Times(window, descendant(window, trak, b"mdia", b"mdhd")).scale
            clocks[track] = Clock(scale, samples.get(track, 0))
    return clocks


def _last(window: Window) -> Iterator[Box]:
    # the last fragment of each track; the last box of the file says where the index begins
    tail = window.look(max(0, window.size - _MFRO.size), _MFRO.size)
    kind, length = _MFRO.unpack(tail) if len(tail) == _MFRO.size else (b"", 0)
    if kind != b"mfro" or length > window.size:
        return
    mfra = next(boxes(window, window.size - length, window.size), None)
    indices = boxes(window, mfra.start, mfra.end) if mfra and mfra.kind == b"mfra" else ()
    places = {_last_place(window, box) for box in indices if box.kind == b"tfra"}
    for place in sorted(places - {0}):
        moof = next(boxes(window, place, window.size), None)
        if moof and moof.kind == b"moof":
            yield moof


def _last_place(window: Window, tfra: Box) -> int:
    # 0 where there is none: a fragment is never the first box
    data = tfra.payload(window, 16)
    if len(data) < 16:
        return 0
    _, lengths, count = _TRACK_AND_LENGTHS.unpack_from(data, 4)
    width = 8 if data[0] else 4
    entry = 2 * width + sum((lengths >> shift & 3) + 1 for shift in (0, 2, 4))
    at = tfra.start + 16 + (count - 1) * entry
    if not count or at + entry > tfra.end:
        return 0
    return int.from_bytes(window.look(at + width, width), "big")


def _end(window: Window, traf: Box, clocks: dict[int, Clock]) -> float | None:
    found = children(window, traf, b"tfhd", b"tfdt")
    if len(found) < 2:
        return None
    track, said = _header(found[b"tfhd"].payload(window, 24))
    clock = clocks.get(track)
    if clock is None or not clock.scale:
        return None
    units = _number(found[b"tfdt"].payload(window, 12), (4, 4), (4, 8))
    for box in boxes(window, traf.start, traf.end):
        if box.kind == b"trun":
            units += _run(window, box, said or clock.sample)
    return units / clock.scale


def _header(tfhd: bytes) -> tuple[int, int]:
    flags = int.from_bytes(tfhd[1:4], "big")
    at = 8 + (8 if flags & _HAS_BASE else 0) + (4 if flags & _HAS_ENTRY else 0)
    sample = tfhd[at : at + 4] if flags & _HAS_DURATION else b""
    return int.from_bytes(tfhd[4:8], "big"), int.from_bytes(sample, "big")


def _run(window: Window, trun: Box, sample: int) -> int:
    data = trun.payload(window, 8)
    flags, count = int.from_bytes(data[1:4], "big"), int.from_bytes(data[4:8], "big")
    if not flags & _SAMPLE_DURATION:
        return count * sample
    start = trun.start + 8 + sum(4 for flag in (_RUN_OFFSET, _RUN_FLAGS) if flags & flag)
    width = sum(4 for flag in _SAMPLE_FIELDS if flags & flag)
    layout = struct.Struct(f">I{width - 4}x")
    end, step, units = min(trun.end, start + count * width), CHUNK // width * width, 0
    for at in range(start, end, step):
        samples = window.look(at, min(step, end - at))
        units += sum(length for (length,) in layout.iter_unpack(samples[: len(samples) // width * width]))
    return units


def _number(data: bytes, at: tuple[int, int], width: tuple[int, int]) -> int:
    version = 1 if data[:1] == b"\1" else 0
    return int.from_bytes(data[at[version] : at[version] + width[version]], "big")
