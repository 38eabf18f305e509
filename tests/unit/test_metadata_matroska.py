"""What a Matroska or WebM file says of itself: tables of small files."""

import struct

import pytest

from service.metadata.facts import NOTHING, Facts
from service.metadata.reader import read_facts
from tests.containers.file import File
from tests.containers.matroska import (
    CLUSTER,
    HEAD,
    INFO,
    PIXELS,
    TRACKS,
    WEBM,
    Entry,
    element,
    endless,
    number,
)
from tests.containers.mp4 import AVCC

SEGMENT, INFO_ID, TRACKS_ID, CLUSTER_ID = 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675
VOID = element(0xEC, bytes(20))
CRC_32 = element(0xBF, bytes(4))


def facts(data: bytes) -> Facts:
    file = File(data)
    return read_facts(file.read, file.size, "video/webm")


def segment(*inside: bytes) -> bytes:
    return HEAD + element(SEGMENT, *inside)


def with_track(entry: Entry) -> Facts:
    return facts(segment(INFO, element(TRACKS_ID, bytes(entry))))


def seek_head(info: int, tracks: int) -> bytes:
    entries = [(0xEC, 1), (INFO_ID, info), (TRACKS_ID, tracks)]
    fixed = [
        element(0x53AB, it.to_bytes(4, "big")) + element(0x53AC, at.to_bytes(4, "big")) for it, at in entries
    ]
    return element(0x114D9B74, CRC_32, *(element(0x4DBB, entry) for entry in fixed))


def test_all_of_a_small_file() -> None:
    assert facts(WEBM) == Facts(10.021, 1280, 720, "vp9, opus", round(len(WEBM) * 8 / 10.021), faststart=None)


def sought() -> bytes:
    first = len(seek_head(0, 0)) + len(CLUSTER) * 3
    return segment(seek_head(first, first + len(INFO)), CLUSTER * 3, INFO, TRACKS)


@pytest.mark.parametrize(
    "data",
    [
        HEAD + endless(SEGMENT, INFO, TRACKS, CLUSTER),
        HEAD + endless(SEGMENT, INFO, TRACKS, endless(CLUSTER_ID, element(0xA3, bytes(99)))),
        HEAD + endless(SEGMENT, endless(INFO_ID, INFO[8:]), endless(TRACKS_ID, TRACKS[8:]), CLUSTER),
        HEAD + VOID + element(SEGMENT, CRC_32, VOID, TRACKS, VOID, INFO),
        segment(element(INFO_ID, CRC_32, VOID, INFO[8:]), element(TRACKS_ID, CRC_32, TRACKS[8:], VOID)),
        sought(),
        sought() + b"rest",
    ],
)
def test_however_it_is_laid_out_it_is_read(data: bytes) -> None:
    found = facts(data)
    assert (found.duration, found.width, found.codecs) == (10.021, 1280, "vp9, opus")


def test_an_index_that_points_elsewhere_is_not_believed() -> None:
    assert facts(segment(seek_head(3, 2**31), CLUSTER, INFO, TRACKS)) == NOTHING


def test_what_is_behind_the_media_is_not_searched_for() -> None:
    file = File(segment(CLUSTER * 1000, INFO, TRACKS))
    assert read_facts(file.read, file.size, "video/webm") == NOTHING
    assert len(file.reads) == 1


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ([element(0x4489, struct.pack(">d", 2500.0))], 2.5),
        ([element(0x4489, struct.pack(">f", 2500.0))], 2.5),
        ([number(0x2AD7B1, 1000), element(0x4489, struct.pack(">d", 2_500_000.0))], 2.5),
        ([element(0x4489, struct.pack(">d", float("nan")))], None),
        ([element(0x4489, struct.pack(">d", float("inf")))], None),
        ([element(0x4489, struct.pack(">d", 1e300))], None),
        ([element(0x4489, struct.pack(">d", -1.0))], None),
        ([element(0x4489, struct.pack(">d", 0.0))], None),
        ([element(0x4489, bytes(5))], None),
        ([element(0x4489)], None),
        ([element(0x2AD7B1, b"\xff" * 8), element(0x4489, struct.pack(">d", 1e308))], None),
        ([number(0x2AD7B1, 1_000_000)], None),
    ],
)
def test_the_duration(inside: list[bytes], expected: float | None) -> None:
    assert facts(segment(element(INFO_ID, *inside), TRACKS)).duration == expected


@pytest.mark.parametrize(
    ("video", "expected"),
    [
        (PIXELS, (1280, 720)),
        ((*PIXELS, number(0x54B0, 1706)), (1706, 720)),
        ((*PIXELS, number(0x54B0, 640), number(0x54BA, 360)), (640, 360)),
        ((*PIXELS, number(0x54B0, 21), number(0x54BA, 9), number(0x54B2, 3)), (1680, 720)),
        ((*PIXELS, number(0x54B0, 21), number(0x54BA, 0), number(0x54B2, 3)), (1280, 720)),
        ((*PIXELS, number(0x54B0, 10), number(0x54BA, 5), number(0x54B2, 1)), (1280, 720)),
        ((number(0xB0, 2**40), number(0xBA, 720)), (None, None)),
        ((number(0xB0, 1280),), (None, None)),
        ((element(0xB0, bytes(9)), number(0xBA, 720)), (None, None)),
        ((), (None, None)),
    ],
)
def test_the_size_as_displayed(video: tuple[bytes, ...], expected: tuple[int | None, int | None]) -> None:
    found = with_track(Entry("V_VP8", video=video))
    assert (found.width, found.height) == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (Entry("V_VP8"), "vp8"),
        (Entry("V_VP9"), "vp9"),
        (Entry("V_VP9", b"\1\1\0\2\1\x0a\3\1\x08\4\1\1"), "vp09.00.10.08"),
        (Entry("V_VP9", b"\1\1\0\2\1\x0a"), "vp9"),
        (Entry("V_AV1", b"\x81\x04\x0c\0"), "av01.0.04M.08"),
        (Entry("V_AV1"), "av01"),
        (Entry("V_MPEG4/ISO/AVC", AVCC), "avc1.64001f"),
        (Entry("V_MPEGH/ISO/HEVC", bytes.fromhex("01 01 60000000 900000000000 5d")), "hvc1.1.6.L93.90"),
        (Entry("V_MPEG2\0\0"), "V_MPEG2"),
        (Entry("A_OPUS", kind=2), "opus"),
        (Entry("A_VORBIS", bytes(4000), kind=2), "vorbis"),
        (Entry("A_FLAC", kind=2), "flac"),
        (Entry("A_AC3", kind=2), "ac-3"),
        (Entry("A_EAC3", kind=2), "ec-3"),
        (Entry("A_MPEG/L3", kind=2), "mp3"),
        (Entry("A_AAC", b"\x12\x10", kind=2), "mp4a.40.2"),
        (Entry("A_AAC", b"\x2b\x92", kind=2), "mp4a.40.5"),
        (Entry("A_AAC", kind=2), "mp4a.40.2"),
        (Entry('A_", evil', kind=2), None),
        (Entry("A_" + "X" * 99, kind=2), None),
        (Entry("", kind=2), None),
        (Entry("S_TEXT/UTF8", kind=17), None),
    ],
)
def test_the_codec(entry: Entry, expected: str | None) -> None:
    assert with_track(entry).codecs == expected


def test_a_track_that_is_not_enabled_is_left_out() -> None:
    disabled = Entry("A_AC3", kind=2, more=number(0xB9, 0))
    tracks = element(TRACKS_ID, bytes(disabled), bytes(Entry("A_OPUS", kind=2)), bytes(Entry("V_VP8")))
    assert facts(segment(INFO, tracks)).codecs == "vp8, opus"


@pytest.mark.parametrize("data", [HEAD, HEAD + INFO, segment(), HEAD + element(SEGMENT, b"\0\0\0")])
def test_a_file_without_the_rest_says_nothing(data: bytes) -> None:
    assert facts(data) == NOTHING
