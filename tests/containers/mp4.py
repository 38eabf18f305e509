"""Small MP4 files, built box by box."""

import struct

UPRIGHT = (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
QUARTER_TURN = (0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)

AVCC = bytes.fromhex("0164001fffe1")


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
