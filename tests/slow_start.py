"""A video whose index comes after its media, made from one whose index comes first."""

import struct


def with_index_last(video: bytes) -> bytes:
    """Move the `moov` box (ISO/IEC 14496-12) behind all others, and the offsets in it with the media."""
    boxes = list(_boxes(video))
    (moov,) = [box for box in boxes if box[4:8] == b"moov"]
    others = [box for box in boxes if box is not moov]
    return b"".join([*others, _shifted(moov, -len(moov))])


def _boxes(video: bytes) -> list[bytes]:
    found, start = [], 0
    while start < len(video):
        (size,) = struct.unpack_from(">I", video, start)
        found.append(video[start : start + size])
        start += size
    return found


def _shifted(moov: bytes, distance: int) -> bytes:
    changed = bytearray(moov)
    place = changed.find(b"stco")
    while place != -1:
        (count,) = struct.unpack_from(">I", changed, place + 8)
        offsets = struct.unpack_from(f">{count}I", changed, place + 12)
        struct.pack_into(f">{count}I", changed, place + 12, *(offset + distance for offset in offsets))
        place = changed.find(b"stco", place + 4)
    return bytes(changed)
