"""Ogg files (RFC 3533): the streams' first packets, and the position that the last page gives.

The first packets are those of Theora (its specification, 6.2), Vorbis (4.2.2), Opus (RFC 7845, 5.1) and FLAC
(its mapping to Ogg).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from service.metadata.facts import Facts
from service.metadata.tracks import Size, Track, facts_of
from service.metadata.window import CHUNK, Window

_MARK = b"OggS\0"
_MARKS = re.compile(re.escape(_MARK))
_FIXED = 27  # bytes of a page's header, before its table of segments
_BEGINS = 2  # the flag of a stream's first page
_LONGEST_PAGE = 65_307
_NO_POSITION = 2**64 - 1
_OPUS_RATE = 48_000
_CODECS = {b"\x80theora": "theora", b"\x01vorbis": "vorbis", b"OpusHead": "opus", b"\x7fFLAC": "flac"}


class Page(NamedTuple):
    """A page's flags, position, stream, and the part of its content that was looked at; `end` in the file."""

    flags: int
    position: int
    stream: int
    content: bytes
    end: int


def ogg_facts(window: Window) -> Facts:
    """Return what the file says; `faststart` is None, as there is no index."""
    first = {page.stream: page.content for page in _first_pages(window)}
    tracks = [track for packet in first.values() if (track := _track(packet))]
    return facts_of(tracks, _duration(window, first), window.size, faststart=None)


def _first_pages(window: Window) -> Iterator[Page]:
    # all streams begin before any goes on
    page = _page(window, 0)
    while page and page.flags & _BEGINS:
        yield page
        page = _page(window, page.end)


def _page(window: Window, at: int) -> Page | None:
    data = window.look(at, 512)
    if not data.startswith(_MARK) or len(data) < _FIXED:
        return None
    start = _FIXED + data[26]
    length = sum(data[_FIXED:start])
    position, stream = int.from_bytes(data[6:14], "little"), int.from_bytes(data[14:18], "little")
    return Page(data[5], position, stream, data[start : start + length], at + start + length)


def _track(packet: bytes) -> Track | None:
    codec = next((name for begin, name in _CODECS.items() if packet.startswith(begin)), None)
    if codec is None:
        return None
    return Track(codec == "theora", codec, _size(packet) if codec == "theora" else None)


def _size(theora: bytes) -> Size:
    width, height, across, down = (int.from_bytes(theora[at : at + 3], "big") for at in (14, 17, 30, 33))
    if across and down:  # (the shape of a pixel)
        return (2 * width * across + down) // (2 * down), height
    return width, height


def _duration(window: Window, first: dict[int, bytes]) -> float | None:
    return max((end for page in _last_pages(window) if (end := _seconds(page, first))), default=None)


def _last_pages(window: Window) -> Iterator[Page]:
    # from the last chunk back to the longest that a page can be, until one has a position
    earliest = max(0, window.size - _LONGEST_PAGE)
    for end in range(window.size, earliest, _FIXED - CHUNK):
        start = max(0, end - CHUNK)
        data = window.look(start, end - start)
        places = (start + mark.start() for mark in _MARKS.finditer(data))
        pages = [page for place in places if (page := _page(window, place))]
        if any(page.position != _NO_POSITION for page in pages):
            yield from pages
            return


def _seconds(page: Page, first: dict[int, bytes]) -> float | None:
    packet = first.get(page.stream, b"")
    if page.position == _NO_POSITION:
        return None
    if packet.startswith(b"\x80theora") and len(packet) >= 42:
        rate, of = int.from_bytes(packet[22:26], "big"), int.from_bytes(packet[26:30], "big")
        shift = int.from_bytes(packet[40:42], "big") >> 5 & 31
        frames = (page.position >> shift) + (page.position & (1 << shift) - 1)
        return frames * of / rate if rate else None
    if packet.startswith(b"\x01vorbis"):
        rate = int.from_bytes(packet[12:16], "little")
        return page.position / rate if rate else None
    return page.position / _OPUS_RATE if packet.startswith(b"OpusHead") else None
