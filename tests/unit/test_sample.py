"""The bundled sample: its size, its boxes (ISO/IEC 14496-12) and its codecs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

SAMPLE = Path(__file__).resolve().parents[2] / "service" / "sample" / "sample.mp4"
SIZE = 255_849
BOX_HEADER = 8
STSD_HEADER = 8  # version, flags and entry count stand before the sample entries


def boxes(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the type and the payload of each box, and fail where a box does not fit."""
    position = 0
    while position < len(data):
        size = int.from_bytes(data[position : position + 4], "big")
        assert BOX_HEADER <= size <= len(data) - position, f"box of {size} bytes at {position}"
        yield data[position + 4 : position + 8].decode("ascii"), data[position + 8 : position + size]
        position += size


def find(data: bytes, *path: str) -> Iterator[bytes]:
    """Yield the payload of every box at `path`."""
    name, *rest = path
    for kind, payload in boxes(data):
        if kind == name:
            yield from find(payload, *rest) if rest else [payload]


def numbers(table: bytes) -> list[int]:
    """Read the 32 bit entries of a table box, past its version, flags and count."""
    return [int.from_bytes(table[at : at + 4], "big") for at in range(8, len(table), 4)]


@pytest.fixture(scope="module")
def sample() -> bytes:
    return SAMPLE.read_bytes()


def test_size_is_the_tutorials(sample: bytes) -> None:
    assert len(sample) == SIZE


def test_boxes_fill_the_file_with_moov_before_mdat(sample: bytes) -> None:
    kinds = [kind for kind, _ in boxes(sample)]
    assert kinds[:2] == ["ftyp", "moov"]
    assert kinds.count("mdat") == 1
    assert kinds[-1] == "free"


def test_padding_is_zeros_and_the_smaller_part(sample: bytes) -> None:
    padding = b"".join(find(sample, "free"))
    assert padding.count(0) == len(padding)
    assert len(padding) < SIZE // 4


def test_tracks_are_h264_and_aac(sample: bytes) -> None:
    tables = find(sample, "moov", "trak", "mdia", "minf", "stbl", "stsd")
    entries = [kind for table in tables for kind, _ in boxes(table[STSD_HEADER:])]
    assert entries == ["avc1", "mp4a"]


def test_chunk_offsets_point_into_mdat(sample: bytes) -> None:
    begin = sample.index(b"mdat") + 4
    end = begin + len(next(find(sample, "mdat")))
    tables = list(find(sample, "moov", "trak", "mdia", "minf", "stbl", "stco"))
    assert len(tables) == 2
    assert all(begin <= offset < end for table in tables for offset in numbers(table))


def test_every_second_of_video_begins_with_a_keyframe(sample: bytes) -> None:
    (keyframes,) = map(numbers, find(sample, "moov", "trak", "mdia", "minf", "stbl", "stss"))
    assert keyframes == [1 + 25 * second for second in range(15)]
