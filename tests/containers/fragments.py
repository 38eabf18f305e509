"""Fragmented MP4 files, built box by box."""

import struct
from dataclasses import dataclass

from tests.containers.mp4 import AAC, AVC, FTYP, box, full_box, times, tkhd, trak

FRAGMENT = box("moof", bytes(32)) + box("mdat", bytes(52))  # 100 bytes


def track(number: int, handler: str, description: bytes, scale: int) -> bytes:
    header = tkhd(640, 360)
    numbered = header[:20] + struct.pack(">I", number) + header[24:]
    return trak(handler, numbered, description, media=times("mdhd", scale, 0))


def trex(number: int, sample: int) -> bytes:
    return full_box("trex", struct.pack(">5I", number, 1, sample, 0, 0))


def trun(*samples: bytes, flags: int = 0x100, fixed: bytes = b"", count: int | None = None) -> bytes:
    number = len(samples) if count is None else count
    return full_box("trun", struct.pack(">I", number), fixed, *samples, flags=flags)


def traf(number: int, start: int, *runs: bytes, flags: int = 0, more: bytes = b"", version: int = 0) -> bytes:
    header = full_box("tfhd", struct.pack(">I", number), more, flags=flags)
    base = full_box("tfdt", start.to_bytes(8 if version else 4, "big"), version=version)
    return box("traf", header, base, *runs)


@dataclass(frozen=True)
class Index:
    """What comes behind the fragments: where the last one of each track begins."""

    version: int = 0
    lengths: int = 0
    entries: int = 3
    cut: int = 0

    def after(self, *places: int) -> bytes:
        boxes = b"".join(self._tfra(number, place) for number, place in enumerate(places, 1))
        mfro = struct.pack(">I4sII", 16, b"mfro", 0, 8 + len(boxes) + 16)
        return box("mfra", boxes, mfro)

    def _tfra(self, number: int, place: int) -> bytes:
        rest = bytes(3 + sum(self.lengths >> shift & 3 for shift in (0, 2, 4)))
        layout = ">QQ" if self.version else ">II"
        entries = [struct.pack(layout, 0, at) + rest for at in (*range(self.entries - 1), place)]
        fixed = struct.pack(">III", number, self.lengths, self.entries)
        content = b"".join(entries)
        return full_box("tfra", fixed, content[: len(content) - self.cut], version=self.version)


HEAD = [track(1, "vide", AVC, 25), track(2, "soun", AAC, 48_000), box("mvex", trex(1, 1), trex(2, 1024))]
START = len(FTYP + box("moov", *HEAD) + FRAGMENT * 3)
DURATION, SIZE = struct.Struct(">I"), struct.Struct(">II")


def fragmented(*inside: bytes, index: Index | None = None, extra: bytes = b"") -> bytes:
    """A file whose last fragment, the fourth, has `inside` in it."""
    last = box("moof", full_box("mfhd", bytes(4)), *inside) + box("mdat", bytes(9))
    behind = (index or Index()).after(START, START)
    return FTYP + box("moov", *HEAD) + FRAGMENT * 3 + last + behind + extra


FRAGMENTED = fragmented(traf(1, 240, trun(*[SIZE.pack(1, 0)] * 10, flags=0x300)))
"""10 seconds of 640x360 pixels, H.264 and AAC."""
