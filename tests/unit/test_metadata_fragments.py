"""How long a fragmented MP4 is: what it says at its beginning, in its index, or at its end."""

import struct
from dataclasses import dataclass

import pytest

from service.metadata.reader import read_facts
from tests.containers import AAC, AVC, FTYP, MVHD, VIDEO, File, box, full_box, times, tkhd, trak

FRAGMENT = box("moof", bytes(32)) + box("mdat", bytes(52))  # 100 bytes
MVEX = box("mvex")


def duration_of(*inside: bytes, after: bytes) -> float | None:
    file = File(FTYP + box("moov", *inside) + after)
    return read_facts(file.read, file.size, "video/mp4").duration


def sidx(references: list[tuple[int, int]], *, version: int = 0, offset: int = 0) -> bytes:
    fixed = struct.pack(">IIQQ" if version else ">IIII", 1, 1000, 0, offset)
    entries = (struct.pack(">III", *reference, 0) for reference in references)
    return full_box("sidx", fixed, struct.pack(">2xH", len(references)), *entries, version=version)


@pytest.mark.parametrize(
    ("mvex", "after", "expected"),
    [
        (box("mvex", full_box("mehd", struct.pack(">I", 4000))), FRAGMENT, 4.0),
        (box("mvex", full_box("mehd", struct.pack(">Q", 4000), version=1)), FRAGMENT, 4.0),
        (box("mvex", full_box("mehd", b"\xff" * 8, version=1)), FRAGMENT, None),
        (box("mvex", full_box("mehd", b"\0")), FRAGMENT, None),
        (MVEX, FRAGMENT, None),
        (MVEX, b"", None),
        (MVEX, sidx([(100, 2000), (100, 1500)]) + FRAGMENT * 2, 3.5),
        (MVEX, sidx([(100, 2000), (100, 1500)], version=1) + FRAGMENT * 2, 3.5),
        (MVEX, sidx([(100, 1)] * 1000) + FRAGMENT * 1000, 1.0),
        (MVEX, sidx([(100, 2000)], offset=16) + box("free", bytes(8)) + FRAGMENT, 2.0),
        (MVEX, sidx([(100, 2000)]) + FRAGMENT + box("mfra", bytes(99)), 2.0),
        (MVEX, (sidx([(100, 2000)]) + FRAGMENT) * 2, None),  # each says its own
        (MVEX, sidx([(100, 2000)])[:-5], None),
        (MVEX, sidx([])[:20], None),
    ],
)
def test_what_is_said_before_the_media(mvex: bytes, after: bytes, expected: float | None) -> None:
    assert duration_of(MVHD, VIDEO, mvex, after=after) == expected


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


def with_last(*inside: bytes, index: Index | None = None, extra: bytes = b"") -> float | None:
    last = box("moof", full_box("mfhd", bytes(4)), *inside) + box("mdat", bytes(9))
    behind = (index or Index()).after(START, START)
    return duration_of(*HEAD, after=FRAGMENT * 3 + last + behind + extra)


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ([traf(1, 250, trun(DURATION.pack(2), DURATION.pack(3)))], 255 / 25),
        ([traf(1, 2**33, trun(DURATION.pack(25)), version=1)], None),  # eleven years
        ([traf(1, 250, trun(DURATION.pack(5)), trun(DURATION.pack(5)))], 260 / 25),
        ([traf(1, 250, trun(SIZE.pack(5, 999), SIZE.pack(6, 999), flags=0x300))], 261 / 25),
        ([traf(1, 250, trun(DURATION.pack(5), flags=0x105, fixed=bytes(8)))], 255 / 25),
        ([traf(1, 250, trun(*[SIZE.pack(1, 0)] * 2000, flags=0x300))], 2250 / 25),
        # the length of a sample, as the fragment says it or else the track
        ([traf(1, 250, trun(count=10, flags=0))], 260 / 25),
        ([traf(1, 250, trun(count=10, flags=0), flags=8, more=struct.pack(">I", 2))], 270 / 25),
        ([traf(1, 250, trun(count=10, flags=0), flags=11, more=struct.pack(">QII", 0, 0, 2))], 270 / 25),
        # the longer one of two
        (
            [traf(1, 250, trun(count=10, flags=0)), traf(2, 480_000, trun(count=30, flags=0))],
            510_720 / 48_000,
        ),
        ([traf(3, 250, trun(count=10, flags=0))], None),
        ([box("traf", full_box("tfhd", DURATION.pack(1)))], None),
        ([], None),
    ],
)
def test_where_the_last_fragment_ends(inside: list[bytes], expected: float | None) -> None:
    assert with_last(*inside) == expected


@pytest.mark.parametrize(
    ("index", "extra", "expected"),
    [
        (Index(version=1), b"", 10.0),
        (Index(lengths=0b111001), b"", 10.0),
        (Index(entries=1), b"", 10.0),
        (Index(cut=1), b"", None),
        (Index(entries=0), b"", None),
        (Index(), b"rest", None),
        (Index(), struct.pack(">I4sII", 16, b"mfro", 0, 2**32 - 1), None),
        (Index(), struct.pack(">I4sII", 16, b"mfro", 0, 5), None),
        (Index(), box("mfra", full_box("tfra"), struct.pack(">I4sII", 16, b"mfro", 0, 36)), None),
    ],
)
def test_the_index_of_fragments(index: Index, extra: bytes, expected: float | None) -> None:
    assert with_last(traf(1, 240, trun(count=10, flags=0)), index=index, extra=extra) == expected


def test_an_index_that_points_to_no_fragment_is_not_believed() -> None:
    assert duration_of(*HEAD, after=FRAGMENT + Index().after(3, 2**31)) is None
