"""Films beyond 2 and 4 GiB, where a 32-bit number, a temporary file or a read-ahead into memory would show.

The files are sparse: they cost no disk, and each byte is known (zero, but for the marks).
"""

import time
from collections.abc import Callable
from typing import BinaryIO

import pytest

from tests.e2e.client import Client
from tests.e2e.films import MEGABYTE, replace
from tests.e2e.targets import Stack
from tests.e2e.viewers import Viewer

GIB = 1 << 30
THREE = 3 * GIB + 12_345
FIVE = 5 * GIB + 12_345
ZEROS = bytes(MEGABYTE)
READ_LIMIT = 90
"""Seconds for 3 GiB: a tenth of what one core can do."""


def marks(size: int) -> dict[int, bytes]:
    """Nine words at places where counting goes wrong, some of them across the very border."""
    places = [0, MEGABYTE - 4, GIB + 1, 2 * GIB - 5, 2 * GIB + 7, 3 * GIB - 1, 4 * GIB - 3, size - 9]
    return {place: f"mark-{number:03}\n".encode() for number, place in enumerate(places) if place + 9 <= size}


def sparse(size: int) -> Callable[[BinaryIO], None]:
    """Answer with a writer of such a file."""

    def write(file: BinaryIO) -> None:
        for place, mark in marks(size).items():
            file.seek(place)
            file.write(mark)
        file.truncate(size)

    return write


def expected(size: int, first: int, length: int) -> bytes:
    window = bytearray(length)
    for place, mark in marks(size).items():
        for offset, byte in enumerate(mark, place - first):
            if 0 <= offset < length:
                window[offset] = byte
    return bytes(window)


def matches(size: int, first: int, block: memoryview) -> bool:
    """Compare a block with the film; most of it is zeros, and that is quickly seen."""
    if any(first - 9 < place < first + len(block) for place in marks(size)):
        return block == expected(size, first, len(block))
    return block == memoryview(ZEROS)[: len(block)]


def test_three_gib_from_the_first_byte_to_the_last(lab: Stack) -> None:
    assert lab.media
    replace(lab, sparse(THREE))
    buffer, received, began = memoryview(bytearray(MEGABYTE)), 0, time.monotonic()
    with Viewer(lab.direct_url, window=None) as viewer:
        assert viewer.size == THREE
        while count := viewer.read_into(buffer):
            assert matches(THREE, received, buffer[:count]), f"wrong bytes after {received}"
            received += count
            assert time.monotonic() - began < READ_LIMIT
    assert received == THREE


@pytest.mark.parametrize("first", [0, 2 * GIB - 8, 2 * GIB, 4 * GIB - 8, 4 * GIB, FIVE - 1000, FIVE - 1])
def test_ranges_beyond_32_bits(lab: Stack, lab_client: Client, first: int) -> None:
    assert lab.media
    replace(lab, sparse(FIVE))
    length = min(1000, FIVE - first)
    response = lab_client.ask("/video.mp4", {"Range": f"bytes={first}-{first + 999}"})
    assert response.headers["Content-Range"] == f"bytes {first}-{first + length - 1}/{FIVE}"
    assert response.content == expected(FIVE, first, length)


def test_head_and_suffix_of_a_large_film(lab: Stack, lab_client: Client) -> None:
    assert lab.media
    replace(lab, sparse(FIVE))
    assert lab_client.ask("/video.mp4", method="HEAD").headers["Content-Length"] == str(FIVE)
    assert lab_client.ask("/video.mp4", {"Range": "bytes=-9"}).content == expected(FIVE, FIVE - 9, 9)
