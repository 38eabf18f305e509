"""Matroska and WebM files (RFC 9559): the segment's information and its tracks."""

import re
from collections.abc import Callable

from service.metadata import codecs
from service.metadata.ebml import Element, children, elements
from service.metadata.facts import NOTHING, Facts
from service.metadata.mpeg4 import audio_object_type
from service.metadata.tracks import Size, Track, facts_of
from service.metadata.window import Window

_SEGMENT, _SEEK_HEAD, _INFO, _TRACKS, _CLUSTER = 0x18538067, 0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1F43B675
_SEEK, _SEEK_ID, _SEEK_POSITION = 0x4DBB, 0x53AB, 0x53AC
_TIMESTAMP_SCALE, _DURATION = 0x2AD7B1, 0x4489
_TRACK_ENTRY, _TYPE, _ENABLED, _CODEC_ID, _CODEC_PRIVATE, _VIDEO = 0xAE, 0x83, 0xB9, 0x86, 0x63A2, 0xE0
_PIXELS, _DISPLAY, _DISPLAY_UNIT = (0xB0, 0xBA), (0x54B0, 0x54BA), 0x54B2

_IN_PIXELS, _AS_RATIO = 0, 3  # display units
_IS_VIDEO = {1: True, 2: False}  # by track type
_NANOSECONDS = 1_000_000  # a unit of time, where the file says no other
_PRIVATE = 64  # bytes; what is looked at is in the first few
_NAME = re.compile(r"[A-Za-z0-9._/-]{2,40}")


def _aac(record: bytes) -> str:
    return f"mp4a.40.{audio_object_type(record) or 2}"


_CODECS: dict[str, Callable[[bytes], str]] = {
    "V_MPEG4/ISO/AVC": lambda record: codecs.avc("avc1", record),
    "V_MPEGH/ISO/HEVC": lambda record: codecs.hevc("hvc1", record),
    "V_AV1": lambda record: codecs.av1("av01", record),
    "V_VP9": codecs.vp9_features,
    "A_AAC": _aac,
}
_NAMES = {
    "V_VP8": "vp8",
    "A_OPUS": "opus",
    "A_VORBIS": "vorbis",
    "A_FLAC": "flac",
    "A_AC3": "ac-3",
    "A_EAC3": "ec-3",
    "A_MPEG/L3": "mp3",
}


def matroska_facts(window: Window) -> Facts:
    """Return what the file says; `faststart` is None, as players ask for the cues only when they seek.

    A file that was recorded live has no duration.
    """
    segment = children(window, Element(0, 0, window.size), _SEGMENT).get(_SEGMENT)
    if segment is None:
        return NOTHING
    found = _level_one(window, segment)
    duration = _duration(window, found[_INFO]) if _INFO in found else None
    tracks = _tracks(window, found[_TRACKS]) if _TRACKS in found else []
    return facts_of(tracks, duration, window.size, faststart=None)


def _level_one(window: Window, segment: Element) -> dict[int, Element]:
    # what comes before the media, and what is not there but has its place in the index
    found: dict[int, Element] = {}
    for element in elements(window, segment.start, segment.end):
        if element.ident == _CLUSTER or {_INFO, _TRACKS} <= found.keys():
            break
        found.setdefault(element.ident, element)
    missing = {_INFO, _TRACKS} - found.keys()
    if missing and _SEEK_HEAD in found:
        found |= _sought(window, segment, found[_SEEK_HEAD], missing)
    return found


def _sought(window: Window, segment: Element, head: Element, missing: set[int]) -> dict[int, Element]:
    found: dict[int, Element] = {}
    for seek in elements(window, head.start, head.end):
        entry = children(window, seek, _SEEK_ID, _SEEK_POSITION) if seek.ident == _SEEK else {}
        if len(entry) == 2 and (ident := entry[_SEEK_ID].integer(window)) in missing:
            place = segment.start + (entry[_SEEK_POSITION].integer(window) or 0)
            element = next(elements(window, place, segment.end), None)
            if element and element.ident == ident:
                found[element.ident] = element
    return found


def _duration(window: Window, info: Element) -> float | None:
    found = children(window, info, _TIMESTAMP_SCALE, _DURATION)
    units = found[_DURATION].floating(window) if _DURATION in found else None
    return None if units is None else units * _integer(window, found, _TIMESTAMP_SCALE, _NANOSECONDS) / 1e9


def _tracks(window: Window, tracks: Element) -> list[Track]:
    entries = elements(window, tracks.start, tracks.end)
    read = (_track(window, entry) for entry in entries if entry.ident == _TRACK_ENTRY)
    return [track for track in read if track]


def _track(window: Window, entry: Element) -> Track | None:
    found = children(window, entry, _TYPE, _ENABLED, _CODEC_ID, _CODEC_PRIVATE, _VIDEO)
    is_video = _IS_VIDEO.get(_integer(window, found, _TYPE, 0))
    if is_video is None:
        return None
    size = _size(window, found[_VIDEO]) if _VIDEO in found else None
    enabled = _integer(window, found, _ENABLED, 1) == 1
    return Track(is_video, _codec(window, found), size, enabled=enabled)


def _size(window: Window, video: Element) -> Size:
    found = children(window, video, *_PIXELS, *_DISPLAY, _DISPLAY_UNIT)
    width, height = (_integer(window, found, ident, 0) for ident in _PIXELS)
    shown = _integer(window, found, _DISPLAY[0], width), _integer(window, found, _DISPLAY[1], height)
    unit = _integer(window, found, _DISPLAY_UNIT, _IN_PIXELS)
    if unit == _IN_PIXELS:
        return shown
    if unit == _AS_RATIO and shown[1]:
        return (2 * height * shown[0] + shown[1]) // (2 * shown[1]), height
    return width, height  # (centimetres, inches, or nobody knows)


def _codec(window: Window, found: dict[int, Element]) -> str | None:
    name = found[_CODEC_ID].text(window, 64) if _CODEC_ID in found else ""
    record = found[_CODEC_PRIVATE].content(window, _PRIVATE) if _CODEC_PRIVATE in found else b""
    if describe := _CODECS.get(name):
        return describe(record)
    # one without a name in RFC 6381's sense keeps Matroska's, lest the file seem to have no such track
    return _NAMES.get(name) or (name if _NAME.fullmatch(name) else None)


def _integer(window: Window, found: dict[int, Element], ident: int, default: int) -> int:
    value = found[ident].integer(window) if ident in found else None
    return default if value is None else value
