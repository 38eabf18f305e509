"""What an Ogg file says of itself."""

import pytest

from service.metadata.facts import Facts
from service.metadata.reader import read_facts
from tests.containers.file import File
from tests.containers.ogg import OGG, VORBIS, page, theora

OPUS = b"OpusHead\1\2" + bytes(9)
NONE = 2**64 - 1


def facts(data: bytes) -> Facts:
    file = File(data)
    return read_facts(file.read, file.size, "video/ogg")


def with_last(packet: bytes, *pages: bytes) -> float | None:
    return facts(page(7, 0, packet, flags=2) + b"".join(pages)).duration


def test_all_of_a_small_file() -> None:
    assert facts(OGG) == Facts(10.0, 640, 360, "theora, vorbis", round(len(OGG) * 8 / 10))


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        (VORBIS, "vorbis"),
        (OPUS, "opus"),
        (b"\x7fFLAC\1\0\0\1fLaC", "flac"),
        (theora(), "theora"),
        (b"fishead\0", None),
        (b"", None),
    ],
)
def test_the_codec(packet: bytes, expected: str | None) -> None:
    assert facts(page(7, 0, packet, flags=2)).codecs == expected


def test_only_what_begins_a_stream_is_a_codec() -> None:
    assert facts(page(7, 0, theora(), flags=2) + page(8, 0, VORBIS)).codecs == "theora"


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        (theora(), (640, 360)),
        (theora(pixel=(0, 0)), (640, 360)),
        (theora(pixel=(2, 1)), (1280, 360)),
        (theora(0, 0), (None, None)),
        (theora()[:12], (None, None)),
    ],
)
def test_the_size_as_displayed(packet: bytes, expected: tuple[int | None, int | None]) -> None:
    found = facts(page(7, 0, packet, flags=2))
    assert (found.width, found.height) == expected


@pytest.mark.parametrize(
    ("packet", "position", "expected"),
    [
        (theora(), 100 << 5 | 25, 5.0),
        (theora(rate=(30_000, 1001)), 300 << 5, 10.01),
        (theora(rate=(0, 1)), 100 << 5, None),
        (theora()[:40], 100 << 5, None),
        (VORBIS, 44_100 * 3, 3.0),
        (b"\x01vorbis" + bytes(20), 44_100, None),
        (OPUS, 48_000 * 3, 3.0),
        (b"\x7fFLAC", 48_000, None),
        (OPUS, NONE, None),
    ],
)
def test_the_duration(packet: bytes, position: int, expected: float | None) -> None:
    assert with_last(packet, page(7, position, bytes(99))) == expected


@pytest.mark.parametrize(
    "pages",
    [
        [page(7, 48_000, b""), page(7, 96_000, bytes(9000)), page(7, NONE, bytes(50_000))],
        [page(7, 96_000, bytes(99)), b"rest"],
        [page(7, 96_000, bytes(99)), page(9, 960_000, bytes(99))],  # of no stream that is known
        [page(7, 96_000, bytes(200)), page(7, NONE, bytes(4096 - 245))],
        [page(7, 96_000, bytes(8)), page(7, NONE, bytes(4096 - 50))],
    ],
)
def test_the_last_page_with_a_position_is_found(pages: list[bytes]) -> None:
    assert with_last(OPUS, page(7, 0, bytes(60_000)), *pages) == 2.0


def test_a_position_far_from_the_end_is_not_searched_for() -> None:
    assert with_last(OPUS, page(7, 96_000, bytes(99)), bytes(70_000)) is None
