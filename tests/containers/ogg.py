"""Small Ogg files, built page by page."""

import struct


def page(stream: int, position: int, content: bytes, *, flags: int = 0) -> bytes:
    """An Ogg page; its checksum and its number are not looked at."""
    table = bytes([255] * (len(content) // 255) + [len(content) % 255])
    header = struct.pack("<4sBBQI8xB", b"OggS", 0, flags, position, stream, len(table))
    return header + table + content


def theora(
    width: int = 640, height: int = 360, *, pixel: tuple[int, int] = (1, 1), rate: tuple[int, int] = (25, 1)
) -> bytes:
    """The first packet of a video whose positions have five bits behind the key frame's."""
    sides, shape = (b"".join(side.to_bytes(3, "big") for side in pair) for pair in ((width, height), pixel))
    return (
        b"\x80theora\3\2\1"
        + bytes(4)
        + sides
        + bytes(2)
        + struct.pack(">II", *rate)
        + shape
        + bytes(4)
        + b"\0\xa0"
    )


VORBIS = b"\x01vorbis" + struct.pack("<IBI", 0, 2, 44_100) + bytes(14)
OGG = (
    page(7, 0, theora(), flags=2)
    + page(8, 0, VORBIS, flags=2)
    + page(7, 0, bytes(900))
    + page(7, 240 << 5 | 10, bytes(300))
    + page(8, 440_000, bytes(300), flags=4)
)
"""10 seconds of 640x360 pixels, Theora and Vorbis."""
