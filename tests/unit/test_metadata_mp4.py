"""What an MP4 says of itself: tables of small files, and the sample."""

import os
from pathlib import Path

import pytest

from service.metadata.facts import NOTHING, Facts
from service.metadata.reader import read_facts
from tests.containers.file import File
from tests.containers.mp4 import (
    AAC,
    AVC,
    AVCC,
    FTYP,
    MDAT,
    MOVIE,
    MVHD,
    QUARTER_TURN,
    SOUND,
    UPRIGHT,
    VIDEO,
    audio,
    box,
    esds,
    full_box,
    long_box,
    stsd,
    times,
    tkhd,
    trak,
    visual,
)

SAMPLE = Path(__file__).parents[2] / "service" / "sample" / "sample.mp4"
HVCC = bytes.fromhex("01 01 60000000 900000000000 5d")
MOOV = box("moov", MVHD, VIDEO, SOUND)
ALL_ONES = 2**32 - 1


def facts(data: bytes) -> Facts:
    file = File(data)
    return read_facts(file.read, file.size, "video/mp4")


def codecs_of(entry: bytes, handler: str = "vide") -> str | None:
    return facts(FTYP + box("moov", trak(handler, tkhd(1, 1), stsd(entry)))).codecs


def size_of(*headers: bytes) -> tuple[int | None, int | None]:
    found = facts(FTYP + box("moov", *(trak("vide", header, AVC) for header in headers)))
    return found.width, found.height


def duration_of(*inside: bytes, after: bytes = MDAT) -> float | None:
    return facts(FTYP + box("moov", *inside) + after).duration


def test_all_of_a_small_movie() -> None:
    expected = Facts(
        10.021, 1280, 720, "avc1.64001f, mp4a.40.2", round(len(MOVIE) * 8 / 10.021), faststart=True
    )
    assert facts(MOVIE) == expected


def test_the_sample() -> None:
    fd = os.open(SAMPLE, os.O_RDONLY)
    found = read_facts(lambda offset, length: os.pread(fd, length, offset), 255_849, "video/mp4")
    os.close(fd)
    assert found == Facts(15.0, 640, 360, "avc1.4d401f, mp4a.40.2", 136_453, faststart=True)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ([FTYP, MOOV, MDAT], True),
        ([FTYP, MDAT, MOOV], False),
        ([FTYP, MOOV], None),
        ([FTYP, MDAT], None),
        ([FTYP], None),
        ([box("free", bytes(99)), FTYP, MOOV, box("free", bytes(9)), MDAT, MDAT], True),
        ([FTYP, box("wide"), MDAT, MOOV, box("free", bytes(9))], False),
        ([FTYP, MDAT, MDAT, box("uuid", bytes(99)), MOOV, b"rest"], False),
        ([MOOV, box("moof", bytes(9)), MDAT], True),
        ([FTYP, long_box("mdat", bytes(99)), MOOV], False),
        ([FTYP, long_box("moov", MVHD, VIDEO), MDAT], True),
        ([FTYP, MOOV, b"\0\0\0\0mdat", bytes(99)], True),
    ],
)
def test_whether_the_index_comes_first(order: list[bytes], *, expected: bool | None) -> None:
    assert facts(b"".join(order)).faststart is expected


@pytest.mark.parametrize(
    "data",
    [
        FTYP + MDAT + MOOV,
        FTYP + long_box("mdat", bytes(9000)) + MOOV,
        FTYP + long_box("moov", MVHD, VIDEO, SOUND),
        box("skip", bytes(5000)) + MOOV + b"\xff" * 100,
        FTYP + MDAT + b"\0\0\0\0moov" + MVHD + VIDEO + SOUND,
        FTYP + box("moov", SOUND, box("udta", bytes(9000)), VIDEO, MVHD) + MDAT,
    ],
)
def test_wherever_the_index_is_it_is_found(data: bytes) -> None:
    found = facts(data)
    assert (found.duration, found.width, found.codecs) == (10.021, 1280, "avc1.64001f, mp4a.40.2")


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ([times("mvhd", 600, 900)], 1.5),
        ([times("mvhd", 600, 900, version=1)], 1.5),
        ([times("mvhd", 1, 2**33, version=1)], None),  # 272 years
        ([times("mvhd", 90_000, 2**33, version=1)], 2**33 / 90_000),
        ([times("mvhd", 0, 900)], None),
        ([times("mvhd", 600, 0)], None),
        ([times("mvhd", 600, ALL_ONES)], None),
        ([times("mvhd", 600, 2**64 - 1, version=1)], None),
        ([full_box("mvhd", bytes(7))], None),
        ([full_box("mvhd", bytes(99), version=2)], None),
        ([box("mvhd")], None),
        ([], None),
        # the tracks' own, where the movie has none
        ([times("mvhd", 600, 0), VIDEO, SOUND], 481_024 / 48_000),
        ([VIDEO], 10.0),
    ],
)
def test_the_duration(inside: list[bytes], expected: float | None) -> None:
    assert duration_of(*inside) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([tkhd(640, 360)], (640, 360)),
        ([tkhd(640, 360, version=1)], (640, 360)),
        ([tkhd(640, 360, QUARTER_TURN)], (360, 640)),
        ([tkhd(640, 360, QUARTER_TURN, version=1)], (360, 640)),
        ([tkhd(640, 360, (0, -1, 0, 1, 0, 0, 0, 0, 1))], (360, 640)),
        ([tkhd(640, 360, (-0x10000, 0, 0, 0, -0x10000, 0, 0, 0, 1))], (640, 360)),
        ([tkhd(640, 360, (0,) * 9)], (640, 360)),
        # as coded, where the header says nothing
        ([tkhd(0, 0)], (1280, 720)),
        ([tkhd(16, 9, flags=1 | 8)], (1280, 720)),
        ([full_box("tkhd", bytes(70), version=7)], (1280, 720)),
        ([full_box("tkhd", bytes(70))], (1280, 720)),
        ([b""], (1280, 720)),
        # a picture that is not shown, as the list of chapters in QuickTime
        ([tkhd(160, 90, flags=2), tkhd(640, 360)], (640, 360)),
        ([tkhd(160, 90, flags=2)], (160, 90)),
        ([], (None, None)),
    ],
)
def test_the_size_as_displayed(headers: list[bytes], expected: tuple[int | None, int | None]) -> None:
    assert size_of(*headers) == expected


def test_a_picture_without_any_size() -> None:
    entry = stsd(visual("avc1", box("avcC", AVCC), width=0))
    assert facts(FTYP + box("moov", trak("vide", tkhd(0, 0, UPRIGHT), entry))).width is None


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (visual("avc1", box("avcC", AVCC)), "avc1.64001f"),
        (visual("avc3", box("btrt", bytes(12)), box("avcC", AVCC)), "avc3.64001f"),
        (visual("avc1", box("avcC", AVCC[:3])), "avc1"),
        (visual("avc1"), "avc1"),
        (visual("hvc1", box("hvcC", HVCC)), "hvc1.1.6.L93.90"),
        (
            visual("hev1", box("hvcC", bytes.fromhex("01 a2 20000000 b00000000008 99"))),
            "hev1.B2.4.H153.B0.0.0.0.0.8",
        ),
        (visual("hvc1", box("hvcC", HVCC[:12])), "hvc1"),
        (visual("av01", box("av1C", b"\x81\x04\x0c\0")), "av01.0.04M.08"),
        (visual("av01", box("av1C", b"\x81\x2d\xcc\0")), "av01.1.13H.10"),
        (visual("av01", box("av1C", b"\x81\x4d\x6c\0")), "av01.2.13M.12"),
        (visual("av01", box("av1C", b"\x81")), "av01"),
        (visual("vp09", full_box("vpcC", b"\0\x0a\x82", version=1)), "vp09.00.10.08"),
        (visual("vp09", full_box("vpcC", b"\0")), "vp09"),
        (visual("mp4v", esds(0x20, b"\0\0\1\xb0\x09")), "mp4v.20.9"),
        (visual("mp4v", esds(0x20, b"\0\0\1\xb0")), "mp4v.20"),
        (visual("mp4v", esds(0x61)), "mp4v.61"),
        (visual("apch"), "apch"),
        (visual("rle "), "rle"),
        (visual('a", '), None),
        (visual("\0\0\0\0"), None),
        (visual("\xe9vc1"), None),
    ],
)
def test_the_codec_of_a_picture(entry: bytes, expected: str | None) -> None:
    assert codecs_of(entry) == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (audio("mp4a", esds(0x40, b"\x12\x10")), "mp4a.40.2"),
        (audio("mp4a", esds(0x40, b"\x2b\x92\x08\0")), "mp4a.40.5"),
        (audio("mp4a", esds(0x40, b"\xf9\x48\x40")), "mp4a.40.42"),  # the escape: 32 and more
        (audio("mp4a", esds(0x40, b"\x12")), "mp4a.40"),
        (audio("mp4a", esds(0x40)), "mp4a.40"),
        (audio("mp4a", esds(0x6B)), "mp4a.6B"),
        (audio("mp4a", esds(0x40, b"\x12\x10", stream=b"\0\1\xe0\0\2\3url\0\4")), "mp4a.40.2"),
        (
            audio("mp4a", full_box("esds", bytes.fromhex("031500010004 0d 40 000000000000000000000000"))),
            "mp4a.40",
        ),
        (audio("mp4a", full_box("esds")), "mp4a"),
        (audio("mp4a", full_box("esds", b"\3\xff\xff\xff\xff")), "mp4a"),
        (audio("mp4a"), "mp4a"),
        (audio("mp4a", box("wave", box("frma", b"mp4a"), esds(0x40, b"\x12\x10")), version=1), "mp4a.40.2"),
        (audio("mp4a", esds(0x40, b"\x12\x10"), version=2), "mp4a.40.2"),
        (audio("Opus", box("dOps", bytes(11))), "opus"),
        (audio("fLaC"), "flac"),
        (audio("ac-3"), "ac-3"),
        (audio("ec-3"), "ec-3"),
        (audio(".mp3"), "mp3"),
        (audio("sowt"), "sowt"),
    ],
)
def test_the_codec_of_sound(entry: bytes, expected: str | None) -> None:
    assert codecs_of(entry, "soun") == expected


def test_a_later_version_of_the_descriptions_has_no_fields_of_quicktime() -> None:
    entry = box("mp4a", bytes(8), b"\0\1", bytes(18), esds(0x40, b"\x12\x10"))
    track = trak("soun", tkhd(0, 0), stsd(entry, version=1))
    assert facts(FTYP + box("moov", track)).codecs == "mp4a.40.2"


def test_each_codec_once_with_pictures_first_and_without_text() -> None:
    text = trak("text", tkhd(1, 1), stsd(box("tx3g")))
    french = trak("soun", tkhd(0, 0), stsd(audio("ac-3")))
    unchosen = trak("soun", tkhd(0, 0, flags=0), stsd(audio("ec-3")))
    found = facts(FTYP + box("moov", SOUND, text, french, unchosen, SOUND, VIDEO))
    assert found.codecs == "avc1.64001f, mp4a.40.2, ac-3"


def test_codecs_are_a_few_whatever_a_file_claims() -> None:
    entries = [visual(f"c{number:03}") for number in range(100)]
    found = facts(FTYP + box("moov", *(trak("vide", tkhd(1, 1), stsd(entry)) for entry in entries)))
    assert len((found.codecs or "").split(", ")) == 8


@pytest.mark.parametrize("track", [box("trak"), box("trak", box("mdia")), trak("vide", b"", b"")])
def test_a_track_that_says_nothing_hides_no_other(track: bytes) -> None:
    found = facts(FTYP + box("moov", MVHD, track, VIDEO, trak("soun", b"", AAC)) + MDAT)
    assert (found.width, found.codecs) == (1280, "avc1.64001f, mp4a.40.2")


@pytest.mark.parametrize("content_type", ["video/mp4", "video/quicktime"])
def test_a_beginning_that_is_not_well_known_is_read_as_its_name_says(content_type: str) -> None:
    file = File(box("junk", bytes(9)) + MOVIE)
    assert read_facts(file.read, file.size, content_type).width == 1280
    assert read_facts(file.read, file.size, "video/webm") == NOTHING


def test_the_content_decides_not_the_name() -> None:
    file = File(MOVIE)
    assert read_facts(file.read, file.size, "video/webm") == facts(MOVIE)


def test_the_index_of_a_long_film_is_not_read_but_passed_by() -> None:
    tables = full_box("stsz", bytes(10 * 1024 * 1024))
    video = trak("vide", tkhd(1280, 720), AVC, tables=tables)
    sound = trak("soun", tkhd(0, 0), AAC, tables=tables)
    file = File(FTYP + MDAT + box("moov", MVHD, video, sound, box("udta", bytes(99))))
    found = read_facts(file.read, file.size, "video/mp4")
    assert (found.duration, found.codecs) == (10.021, "avc1.64001f, mp4a.40.2")
    assert sum(length for _, length in file.reads) <= 16 * 1024


def test_tables_before_the_description_are_passed_by_too() -> None:
    minf = box("minf", box("stbl", full_box("stsz", bytes(10 * 1024 * 1024)), AVC))
    track = box("trak", tkhd(640, 360), box("mdia", full_box("hdlr", b"\0\0\0\0vide"), minf))
    file = File(FTYP + box("moov", track))
    assert read_facts(file.read, file.size, "video/mp4").codecs == "avc1.64001f"
    assert len(file.reads) <= 4
