"""What holds for every file, also for those that somebody made to do harm."""

import math
import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.metadata.facts import NOTHING, Facts
from service.metadata.reader import read_facts
from service.metadata.window import CHUNK, MAX_LOOKS, MAX_READS, Window
from tests.containers.file import File
from tests.containers.fragments import FRAGMENTED
from tests.containers.matroska import WEBM, element, endless
from tests.containers.mp4 import AVC, FTYP, MOVIE, box, full_box, tkhd, trak
from tests.containers.ogg import OGG, page, theora

SEGMENT = WEBM[:4] + b"\x80" + endless(0x18538067)
WHOLE = {"mp4": MOVIE, "fragments": FRAGMENTED, "webm": WEBM, "ogg": OGG}
TYPES = ["video/mp4", "video/quicktime", "video/webm", "video/matroska", "video/ogg", ""]


def checked(data: bytes, size: int | None = None, content_type: str = "video/mp4") -> Facts:
    """Read, and check what has to hold for all files."""
    file = File(data, size)
    found = read_facts(file.read, file.size, content_type)
    assert len(file.reads) <= MAX_READS
    assert all(length <= CHUNK for _, length in file.reads)
    check_sense(found)
    return found


def check_sense(found: Facts) -> None:
    assert found.duration is None or (math.isfinite(found.duration) and found.duration > 0)
    assert (found.width is None) == (found.height is None)
    assert found.width is None or 1 <= found.width <= 65_535
    assert found.height is None or 1 <= found.height <= 65_535
    assert found.bitrate is None or found.bitrate >= 0
    assert found.codecs is None or (found.codecs.isascii() and found.codecs.isprintable())
    assert not set('"\\;') & set(found.codecs or "")


@pytest.mark.parametrize("whole", WHOLE.values(), ids=WHOLE.keys())
def test_a_file_that_is_cut_anywhere_is_no_error(whole: bytes) -> None:
    expected = checked(whole)
    for length in range(len(whole)):
        found = checked(whole[:length])
        assert found.width in {None, expected.width}, length
        assert not found.codecs or all(name in str(expected.codecs) for name in found.codecs.split(", "))
        assert found.duration is None or found.duration <= 10.022, length


@pytest.mark.parametrize("whole", WHOLE.values(), ids=WHOLE.keys())
def test_a_file_that_shrinks_while_it_is_read_is_no_error(whole: bytes) -> None:
    for length in range(len(whole)):
        checked(whole[:length], len(whole))


@given(st.binary(max_size=400), st.sampled_from(TYPES))
def test_any_bytes(data: bytes, content_type: str) -> None:
    checked(data, content_type=content_type)


@given(st.sampled_from([FTYP, WEBM[:4], OGG[:14]]), st.binary(max_size=400), st.integers(0, 2**63 - 1))
def test_any_bytes_behind_a_good_beginning(begin: bytes, data: bytes, size: int) -> None:
    checked(begin + data, max(size, 1))


@given(
    st.sampled_from(list(WHOLE.values())),
    st.lists(st.tuples(st.integers(0, 1400), st.binary(min_size=1, max_size=9)), min_size=1, max_size=8),
)
def test_good_files_with_some_bytes_changed(whole: bytes, changes: list[tuple[int, bytes]]) -> None:
    data = bytearray(whole)
    for at, new in changes:
        data[at : at + len(new)] = new
    checked(bytes(data))


@given(st.sampled_from(list(WHOLE.values())), st.integers(0, 1400), st.integers(0, 1400))
def test_good_files_with_a_piece_taken_out(whole: bytes, start: int, length: int) -> None:
    checked(whole[:start] + whole[start + length :])


sizes = st.sampled_from([0, 1, 2, 7, 8, 9, 15, 16, 17, 2**31, 2**32 - 1])
kinds = st.sampled_from(["moov", "trak", "mdia", "minf", "stbl", "stsd", "tkhd", "mdhd", "mvex", "sidx"])


@given(st.lists(st.tuples(sizes, kinds, st.sampled_from([0, 1, 8, 16, 2**63, 2**64 - 1])), max_size=40))
def test_boxes_of_hostile_sizes(hostile: list[tuple[int, str, int]]) -> None:
    checked(
        FTYP + b"".join(struct.pack(">I4sQ", size, kind.encode(), after) for size, kind, after in hostile)
    )


idents = st.sampled_from([0x18538067, 0x114D9B74, 0x1549A966, 0x1654AE6B, 0xAE, 0xE0, 0x4489, 0x63A2, 0x4DBB])


@given(
    st.lists(st.tuples(idents, st.sampled_from([b"\xff", b"\x80", b"\x01" + b"\xff" * 7, b"\0", b"\x09"])))
)
def test_elements_of_hostile_sizes(hostile: list[tuple[int, bytes]]) -> None:
    inside = b"".join(element(ident)[:-4] + size for ident, size in hostile)
    checked(SEGMENT + inside)


MANY = 1_000_000
LOOPS = {
    "empty boxes": FTYP + box("free") * MANY,
    "empty boxes in the index": FTYP + box("moov", box("free") * MANY),
    "empty tracks": FTYP + box("moov", box("trak") * MANY),
    "tracks": FTYP + box("moov", trak("vide", tkhd(1, 1), AVC) * 20_000),
    "boxes of no size": FTYP + b"\0\0\0\0moov" * MANY,
    "boxes in boxes": FTYP + b"".join(struct.pack(">I4s", 2**31, b"moov") for _ in range(MANY)),
    "references": FTYP
    + box("moov", box("mvex"))
    + full_box("sidx", bytes(18), b"\xff\xff", bytes(12 * MANY)),
    "voids": SEGMENT + b"\xec\x80" * MANY,
    "tracks without an end": WEBM[:4]
    + b"\x80"
    + endless(0x18538067)
    + b"\x16\x54\xae\x6b\xff"
    + b"\xae\xff" * MANY,
    "first pages": page(1, 0, b"", flags=2) * MANY,
    "last pages": page(1, 0, theora(), flags=2) + b"OggS\0" * MANY,
    "seeks without an end": WEBM[:4]
    + b"\x80"
    + endless(0x18538067)
    + b"\x11\x4d\x9b\x74\xff"
    + b"\x4d\xbb\xff" * MANY,
}


@pytest.mark.parametrize("data", LOOPS.values(), ids=LOOPS.keys())
def test_no_file_takes_long(data: bytes) -> None:
    began = time.process_time()
    checked(data)
    assert time.process_time() - began < 0.5


def test_an_error_of_the_disk_passes_through() -> None:
    def broken(_offset: int, _length: int) -> bytes:
        raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        read_facts(broken, 100, "video/mp4")


@pytest.mark.parametrize("data", [b"", b"\0", b"OggS\0\2", b"RIFF....AVI ", b"<!doctype html><title>"])
def test_what_is_no_video_of_these_kinds_says_nothing(data: bytes) -> None:
    assert checked(data, content_type="video/ogg") == NOTHING


def test_a_window_reads_each_chunk_once_while_it_is_in_use() -> None:
    file = File(bytes(range(256)) * 64)
    window = Window(file.read, file.size)
    assert window.look(10, 4) == bytes([10, 11, 12, 13])
    assert window.look(9000, 2) == file.data[9000:9002]
    assert window.look(4000, 90) == file.data[4000:4090]
    assert [offset for offset, _ in file.reads] == [10, 9000]


def test_a_window_ends_where_the_file_does() -> None:
    file = File(bytes(10))
    window = Window(file.read, file.size)
    assert (len(window.look(8, 16)), window.look(10, 1), window.look(2**70, 1)) == (2, b"", b"")


def test_past_its_bounds_a_window_is_empty() -> None:
    file = File(bytes(CHUNK * (MAX_READS + 9)))
    window = Window(file.read, file.size)
    assert [len(window.look(n * CHUNK, 9)) for n in range(MAX_READS + 1)] == [9] * MAX_READS + [0]
    assert [len(window.look(MAX_READS * CHUNK - 9, 9)) for _ in range(MAX_LOOKS)][-1] == 0
