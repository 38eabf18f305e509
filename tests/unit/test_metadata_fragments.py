"""How long a fragmented MP4 is: what it says at its beginning, in its index, or at its end."""

import struct

import pytest

from service.metadata.reader import read_facts
from tests.containers.file import File
from tests.containers.fragments import DURATION, FRAGMENT, HEAD, SIZE, Index, fragmented, traf, trun
from tests.containers.mp4 import FTYP, MVHD, VIDEO, box, full_box

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


def with_last(*inside: bytes, index: Index | None = None, extra: bytes = b"") -> float | None:
    file = File(fragmented(*inside, index=index, extra=extra))
    return read_facts(file.read, file.size, "video/mp4").duration


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
        ([traf(1, 250, trun(count=10, flags=0), flags=11, more=struct.pack(">QIII", 0, 0, 2, 7))], 270 / 25),
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
