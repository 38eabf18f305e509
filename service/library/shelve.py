"""The videos of a folder as entries: put together with what lies beside them, and in order."""

from bisect import insort
from collections.abc import Iterable, Mapping
from dataclasses import replace

from service.library.companions import Companions
from service.library.entry import Entry
from service.library.ids import plain_id
from service.library.order import natural_name

Video = tuple[int, int, str]
"""Size, modification time in nanoseconds, media type."""

_FEW = 100  # new files that are put into their places one by one, instead of sorting all anew


def shelve(known: Iterable[Entry], videos: Mapping[str, Video], others: Iterable[str]) -> tuple[Entry, ...]:
    """Return the entries of `videos`, by path, in natural order.

    What is known of them, in that order, is used again: an entry that stays the same stays itself.
    """
    companions = Companions.among(others) if videos else Companions()
    kept = [_renewed(old, videos[old.file], companions) for old in known if old.file in videos]
    already = {entry.file for entry in kept}
    come = [_made(file, video, companions) for file, video in videos.items() if file not in already]
    if len(come) > _FEW:
        return tuple(sorted(kept + come, key=_key))
    for entry in come:
        insort(kept, entry, key=_key)
    return tuple(kept)


def merge(entries: Iterable[Entry], few: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return entries in natural order and a few more, in that order."""
    merged = list(entries)
    for entry in few:
        insort(merged, entry, key=_key)
    return tuple(merged)


def _key(entry: Entry) -> str:
    return natural_name(entry.file)


def _made(file: str, video: Video, companions: Companions) -> Entry:
    stem, plain = file.rpartition(".")[0], plain_id(file)
    # one string for both where they are the same: strings are most of what an entry costs
    identity = file if plain == file else plain
    title = stem.rpartition("/")[2].replace("_", " ").strip() or stem
    return Entry(identity, file, title, *video, companions.tracks_of(stem), companions.posters.get(stem))


def _renewed(old: Entry, video: Video, companions: Companions) -> Entry:
    stem, (size, modified, _) = old.file.rpartition(".")[0], video
    tracks, poster = companions.tracks_of(stem), companions.posters.get(stem)
    if (old.size, old.modified, old.tracks, old.poster) == (size, modified, tracks, poster):
        return old
    return replace(old, size=size, modified=modified, tracks=tracks, poster=poster)
