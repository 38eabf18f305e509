"""Small MP4 and Matroska files, built box by box and element by element."""

import struct
from dataclasses import dataclass, field

UPRIGHT = (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
QUARTER_TURN = (0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)

AVCC = bytes.fromhex("0164001fffe1")
OPUS_HEAD = b"OpusHead\x01\x02" + bytes(9)


def box(kind: str, *payload: bytes) -> bytes:
    """A box of 32 bits of size."""
    content = b"".join(payload)
    return struct.pack(">I4s", 8 + len(content), kind.encode("latin-1")) + content


def long_box(kind: str, *payload: bytes) -> bytes:
    """A box of 64 bits of size."""
    content = b"".join(payload)
    return struct.pack(">I4sQ", 1, kind.encode("latin-1"), 16 + len(content)) + content


def full_box(kind: str, *payload: bytes, version: int = 0, flags: int = 0) -> bytes:
    return box(kind, bytes([version]), flags.to_bytes(3, "big"), *payload)


def times(kind: str, scale: int, duration: int, *, version: int = 0) -> bytes:
    """`mvhd` or `mdhd`, as far as it is read."""
    layout = ">16xIQ" if version else ">8xII"
    return full_box(kind, struct.pack(layout, scale, duration), bytes(80), version=version)


def tkhd(
    width: int, height: int, matrix: tuple[int, ...] = UPRIGHT, *, version: int = 0, flags: int = 3
) -> bytes:
    before = bytes(48 if version else 36)
    shape = struct.pack(">9iII", *matrix, width << 16, height << 16)
    return full_box("tkhd", before, shape, version=version, flags=flags)


def visual(kind: str, *inside: bytes, width: int = 1280, height: int = 720) -> bytes:
    return box(kind, bytes(24), struct.pack(">HH", width, height), bytes(50), *inside)


def audio(kind: str, *inside: bytes, version: int = 0) -> bytes:
    extra = bytes({0: 0, 1: 16, 2: 36}[version])
    return box(kind, bytes(8), struct.pack(">H", version), bytes(18), extra, *inside)


def stsd(*entries: bytes, version: int = 0) -> bytes:
    return full_box("stsd", struct.pack(">I", len(entries)), *entries, version=version)


def trak(
    handler: str, header: bytes, description: bytes, *, media: bytes = b"", tables: bytes = b""
) -> bytes:
    hdlr = full_box("hdlr", bytes(4), handler.encode(), bytes(13))
    minf = box("minf", box("stbl", description, tables))
    return box("trak", header, box("mdia", media, hdlr, minf))


def descriptor(tag: int, *content: bytes) -> bytes:
    inside = b"".join(content)
    return bytes([tag, 0x80, 0x80, 0x80 | len(inside) >> 7, len(inside) & 0x7F]) + inside


def esds(object_type: int, setup: bytes = b"", *, stream: bytes = b"\0\1\0") -> bytes:
    config = descriptor(4, bytes([object_type]), bytes(12), descriptor(5, setup) if setup else b"")
    return full_box("esds", descriptor(3, stream, config, descriptor(6, b"\2")))


AVC = stsd(visual("avc1", box("avcC", AVCC)))
AAC = stsd(audio("mp4a", esds(0x40, b"\x12\x10")))
VIDEO = trak("vide", tkhd(1280, 720), AVC, media=times("mdhd", 12_800, 128_000))
SOUND = trak("soun", tkhd(0, 0), AAC, media=times("mdhd", 48_000, 481_024))
FTYP = box("ftyp", b"isom\0\0\2\0isomavc1")
MVHD = times("mvhd", 1000, 10_021)
MDAT = box("mdat", bytes(500))
MOVIE = FTYP + box("moov", MVHD, VIDEO, SOUND) + MDAT
"""10.021 seconds of 1280x720 pixels, H.264 and AAC."""


def element(ident: int, *content: bytes) -> bytes:
    inside = b"".join(content)
    size = (1 << 28 | len(inside)).to_bytes(4, "big")
    return ident.to_bytes((ident.bit_length() + 7) // 8, "big") + size + inside


def endless(ident: int, *content: bytes) -> bytes:
    """An element of unknown size."""
    return ident.to_bytes((ident.bit_length() + 7) // 8, "big") + b"\x01" + b"\xff" * 7 + b"".join(content)


def number(ident: int, value: int) -> bytes:
    return element(ident, value.to_bytes((value.bit_length() + 7) // 8 or 1, "big"))


@dataclass(frozen=True)
class Entry:
    """A TrackEntry."""

    codec: str
    private: bytes = b""
    video: tuple[bytes, ...] = field(default_factory=tuple)
    kind: int = 1
    more: bytes = b""

    def __bytes__(self) -> bytes:
        private = element(0x63A2, self.private) if self.private else b""
        video = element(0xE0, *self.video) if self.video else b""
        parts = number(0x83, self.kind), element(0x86, self.codec.encode()), private, video, self.more
        return element(0xAE, *parts)


HEAD = element(0x1A45DFA3, element(0x4282, b"webm"))
INFO = element(0x1549A966, number(0x2AD7B1, 1_000_000), element(0x4489, struct.pack(">d", 10_021.0)))
PIXELS = number(0xB0, 1280), number(0xBA, 720)
TRACKS = element(
    0x1654AE6B,
    bytes(Entry("V_VP9", video=PIXELS)),
    bytes(Entry("A_OPUS", OPUS_HEAD, kind=2)),
)
CLUSTER = element(0x1F43B675, number(0xE7, 0), element(0xA3, bytes(500)))
WEBM = HEAD + element(0x18538067, INFO, TRACKS, CLUSTER)
"""10.021 seconds of 1280x720 pixels, VP9 and Opus."""


class File:
    """Bytes that are read as a file is, and how they were read; `size` may be another than they have."""

    def __init__(self, data: bytes, size: int | None = None) -> None:
        self.data = data
        self.size = len(data) if size is None else size
        self.reads: list[tuple[int, int]] = []

    def read(self, offset: int, length: int) -> bytes:
        assert 0 <= offset < self.size
        assert 0 < length <= self.size - offset
        self.reads.append((offset, length))
        return self.data[offset : offset + length]
