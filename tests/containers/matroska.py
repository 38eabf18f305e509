"""Small Matroska and WebM files, built element by element."""

import struct
from dataclasses import dataclass, field

OPUS_HEAD = b"OpusHead\x01\x02" + bytes(9)


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
