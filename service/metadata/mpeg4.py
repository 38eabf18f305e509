"""MPEG-4 descriptors: what `mp4a` and `mp4v` stand for in a file (ISO/IEC 14496-1, 7.2.6; 14496-3, 1.6)."""

from collections.abc import Iterator
from typing import NamedTuple

_ES, _DECODER_CONFIG, _DECODER_SPECIFIC = 3, 4, 5  # tags
_DECODER_CONFIG_FIELDS = 13  # bytes, before the descriptors within
_AUDIO, _VISUAL = 0x40, 0x20  # object type indications
_ESCAPE = 31
_VISUAL_SEQUENCE = b"\0\0\1\xb0"


class Decoder(NamedTuple):
    """The object type indication, and the bytes that set up the decoder."""

    object_type: int
    setup: bytes


def codec_of_descriptor(kind: str, esds: bytes) -> str:
    """Return the codec (RFC 6381, section 3.3) of a sample entry `kind` with the ES descriptor `esds`."""
    decoder = _decoder(esds)
    if decoder is None:
        return kind
    codec = f"{kind}.{decoder.object_type:02X}"
    if decoder.object_type == _AUDIO:
        audio = audio_object_type(decoder.setup)
        return f"{codec}.{audio}" if audio else codec
    if decoder.object_type == _VISUAL and decoder.setup.startswith(_VISUAL_SEQUENCE):
        return "".join([codec, *(f".{profile}" for profile in decoder.setup[4:5])])
    return codec


def audio_object_type(config: bytes) -> int | None:
    """Return the audio object type that an AudioSpecificConfig begins with: 2 is AAC-LC."""
    if len(config) < 2:
        return None
    bits = int.from_bytes(config[:2], "big")
    first = bits >> 11
    return 32 + (bits >> 5 & 0x3F) if first == _ESCAPE else first or None


def _decoder(esds: bytes) -> Decoder | None:
    stream = _first(esds, _ES)
    config = _first(stream[_stream_fields(stream) :], _DECODER_CONFIG)
    if not config:
        return None
    return Decoder(config[0], _first(config[_DECODER_CONFIG_FIELDS:], _DECODER_SPECIFIC))


def _stream_fields(stream: bytes) -> int:
    # id, flags, and what the flags say is there: the stream it depends on, a URL, the stream of its clock
    flags = stream[2] if len(stream) > 2 else 0
    length = 5 if flags & 0x80 else 3
    if flags & 0x40:
        length += 1 + sum(stream[length : length + 1])
    return length + 2 if flags & 0x20 else length


def _first(data: bytes, wanted: int) -> bytes:
    return next((content for tag, content in _descriptors(data) if tag == wanted), b"")


def _descriptors(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        start, length = _length(data, at + 1)
        yield data[at], data[start : start + length]
        at = start + length


def _length(data: bytes, at: int) -> tuple[int, int]:
    # seven bits a byte, in one to four bytes, of which all but the last have the eighth bit set
    length = 0
    for place, byte in enumerate(data[at : at + 4], at + 1):
        length = length << 7 | byte & 0x7F
        if byte < 0x80:
            return place, length
    return min(at + 4, len(data)), length
