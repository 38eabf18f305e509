"""Sample entries: what a track of an MP4 is made of (ISO/IEC 14496-12, 8.5.2 and 12.1.3, 12.2.3)."""

import re
from collections.abc import Callable
from typing import NamedTuple

from service.metadata import codecs
from service.metadata.boxes import Box, boxes, children
from service.metadata.mpeg4 import codec_of_descriptor
from service.metadata.tracks import Size
from service.metadata.window import Window

_STSD_FIELDS = 8  # bytes: version, flags, number of entries
_VISUAL_FIELDS = 78
_AUDIO_FIELDS = 28
_QUICKTIME_FIELDS = {0: 0, 1: 16, 2: 36}  # what QuickTime has between these and the boxes, by version
_RECORD = 512  # bytes; what is looked at is in the first few
_NAME = re.compile(rb"[A-Za-z0-9._-]{2,4}")

_RECORDS: dict[bytes, Callable[[str, bytes], str]] = {
    b"avcC": codecs.avc,
    b"hvcC": codecs.hevc,
    b"av1C": codecs.av1,
    b"vpcC": codecs.vp,
    b"esds": lambda kind, record: codec_of_descriptor(kind, record[4:]),
}
_NAMES = {"Opus": "opus", "fLaC": "flac", ".mp3": "mp3"}
"""Where browsers know another name than the sample entry's type."""


class SampleEntry(NamedTuple):
    """The codec, and of a picture its size in pixels as coded."""

    codec: str | None
    size: Size | None


def sample_entry(window: Window, stsd: Box, *, is_video: bool) -> SampleEntry | None:
    """Return what the first entry of a track's `stsd` says; the other ones are alike in all that matters."""
    version = stsd.payload(window, 1)
    entry = next(boxes(window, stsd.start + _STSD_FIELDS, stsd.end), None)
    if entry is None:
        return None
    if is_video:
        return _visual(window, entry)
    return _audio(window, entry, may_be_quicktime=version == b"\0")


def _visual(window: Window, entry: Box) -> SampleEntry:
    fields = entry.payload(window, _VISUAL_FIELDS)
    size = int.from_bytes(fields[24:26], "big"), int.from_bytes(fields[26:28], "big")
    return SampleEntry(_codec(window, entry, _VISUAL_FIELDS), size)


def _audio(window: Window, entry: Box, *, may_be_quicktime: bool) -> SampleEntry:
    fields = entry.payload(window, _AUDIO_FIELDS)
    version = int.from_bytes(fields[8:10], "big") if may_be_quicktime else 0
    return SampleEntry(_codec(window, entry, _AUDIO_FIELDS + _QUICKTIME_FIELDS.get(version, 0)), None)


def _codec(window: Window, entry: Box, fields: int) -> str | None:
    # a type is four characters, in theory any; those of all codecs that have a name are these
    name = entry.kind.strip()
    if not _NAME.fullmatch(name):
        return None
    kind = name.decode("ascii")
    inside = Box(entry.kind, entry.start + fields, entry.end)
    found = children(window, inside, b"wave", *_RECORDS)  # (QuickTime has the descriptor in a `wave`)
    if b"wave" in found and b"esds" not in found:
        found |= children(window, found[b"wave"], b"esds")
    for record, describe in _RECORDS.items():
        if record in found:
            return describe(kind, found[record].payload(window, _RECORD))
    return _NAMES.get(kind, kind)
