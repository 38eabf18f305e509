"""MP4 and QuickTime files (ISO/IEC 14496-12; QuickTime File Format)."""

from service.metadata.boxes import Box, boxes
from service.metadata.facts import Facts
from service.metadata.fragments import extent, indexed_seconds
from service.metadata.last_fragment import end_of_fragments
from service.metadata.mp4_track import Times, read_track
from service.metadata.tracks import Track, facts_of, sensible
from service.metadata.window import Window

_MEDIA = {b"mdat", b"moof"}


def mp4_facts(window: Window) -> Facts:
    """Return what the file says; a `moov` is found before the media and behind it."""
    found = _top_level(window)
    moov = found.get(b"moov")
    media = min((box.start for kind, box in found.items() if kind in _MEDIA), default=None)
    faststart = None if moov is None or media is None else moov.start < media
    tracks, duration = _movie(window, moov, found.get(b"sidx")) if moov else ([], None)
    return facts_of(tracks, duration, window.size, faststart=faststart)


def _top_level(window: Window) -> dict[bytes, Box]:
    # the first of each kind, up to where both the index and the media have begun
    found: dict[bytes, Box] = {}
    for box in boxes(window, 0, window.size):
        found.setdefault(box.kind, box)
        if b"moov" in found and not _MEDIA.isdisjoint(found):
            break
    return found


def _movie(window: Window, moov: Box, sidx: Box | None) -> tuple[list[Track], float | None]:
    tracks: list[Track] = []
    header = mvex = None
    for box in boxes(window, moov.start, moov.end):
        if box.kind == b"trak" and (track := read_track(window, box)):
            tracks.append(track)
        elif box.kind == b"mvhd":
            header = box
        elif box.kind == b"mvex":
            mvex = box
    times = Times(window, header)
    if mvex is None:
        return tracks, sensible(times.seconds(times.units)) or _longest(tracks)
    # (what `mvhd` and `mdhd` say is true of the samples in the `moov` only)
    said = sensible(times.seconds(extent(window, mvex))) or (indexed_seconds(window, sidx) if sidx else None)
    return tracks, said or end_of_fragments(window, moov, mvex)


def _longest(tracks: list[Track]) -> float | None:
    return max((found for track in tracks if (found := sensible(track.duration))), default=None)
