"""From tracks to facts: what is kept of what a file claims, the same for all containers."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from service.metadata.facts import Facts

_SHORTEST = 0.001  # seconds; less is no duration but an empty index
_LONGEST = 366 * 86_400.0
_LARGEST = 65_535  # pixels a side: the most that an MP4 can say
_MOST_CODECS = 8

Size = tuple[int, int]
"""Width and height."""


class Track(NamedTuple):
    """What plays as video or sound; text, time codes and the like are no tracks here.

    `duration` is in seconds; `enabled` says whether it plays without being chosen.
    """

    is_video: bool
    codec: str | None = None
    size: Size | None = None
    duration: float | None = None
    enabled: bool = True


def facts_of(tracks: Sequence[Track], duration: float | None, size: int, *, faststart: bool | None) -> Facts:
    """Return what makes sense of a file of `size` bytes whose container says `duration` (seconds)."""
    enabled = [track for track in tracks if track.enabled] or tracks
    duration = sensible(duration)
    width, height = _displayed(enabled)
    return Facts(
        duration=duration,
        width=width,
        height=height,
        codecs=_codecs(enabled),
        bitrate=round(size * 8 / duration) if duration else None,
        faststart=faststart,
    )


def sensible(duration: float | None) -> float | None:
    """Return `duration` if a video can be that long."""
    if duration is None or not math.isfinite(duration):
        return None
    return duration if _SHORTEST <= duration <= _LONGEST else None


def sensible_size(size: Size | None) -> Size | None:
    """Return `size` if a picture can have it."""
    return size if size and all(1 <= side <= _LARGEST for side in size) else None


def _displayed(tracks: Sequence[Track]) -> Size | tuple[None, None]:
    sizes = (sensible_size(track.size) for track in tracks if track.is_video)
    return next((size for size in sizes if size), (None, None))


def _codecs(tracks: Sequence[Track]) -> str | None:
    video_first = sorted(tracks, key=lambda track: not track.is_video)
    names = dict.fromkeys(track.codec for track in video_first if track.codec)
    return ", ".join(list(names)[:_MOST_CODECS]) or None
