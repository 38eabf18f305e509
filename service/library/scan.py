"""A folder as it is on the disk: what of it is offered, and how much is not, for which reason."""

import hashlib
import os
import re
import stat
import time
from bisect import insort
from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path

from service.library.companions import Companions
from service.library.entry import Entry
from service.library.ids import plain_id
from service.library.order import natural_name
from service.media_types import MEDIA_TYPES, VIDEO_TYPES

STILL = 1.8
"""Seconds without a change after which a file counts as whole, so that it shows within two."""

REASONS = ("hidden", "name", "type", "link", "special", "piece", "unsettled", "unreadable")
"""Why something is not offered as a video; `name`: not UTF-8, or with control characters."""

_FEW = 100  # new files that are put into their places one by one, instead of sorting all anew
_COARSE = 2.0  # seconds: as coarse as the times of a file system may be
_PLAYLISTS = (".m3u8", ".mpd")
_UNSPEAKABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a folder is: its path below the root, and the real one.

    `link`: one had to be followed; `pieces`: it is below a folder with a playlist of HLS or DASH.
    """

    path: str
    real: str
    link: bool = False
    pieces: bool = False

    def file(self, name: str) -> str:
        """Return the path below the root of a file in it."""
        return f"{self.path}/{name}" if self.path else name


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that was modified a moment ago; `until` is a time of the monotonic clock."""

    size: int
    modified: int
    until: float


@dataclass(slots=True)
class Folder:
    """What a scan of one folder found; `modified` is the folder's own time in nanoseconds, 0 if too fresh."""

    place: Place
    pieces: bool = False
    """Its files belong to HLS or DASH, and are no videos of their own."""
    inode: int = 0
    modified: int = 0
    entries: tuple[Entry, ...] = ()
    """The videos in natural order, each with its plain id."""
    others: tuple[str, ...] = ()
    """The paths of what else may be asked for."""
    folders: tuple[Place, ...] = ()
    digest: int = 0
    """What changes whenever the entries do, 0 for none."""
    waiting: dict[str, Waiting] = field(default_factory=dict)
    ignored: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Findings:
    """What is found before it is put together: the size, time and type of videos, by path."""

    folder: Folder
    known: Mapping[str, Entry]
    before: Mapping[str, Waiting]
    only: AbstractSet[str] | None
    still_before: int
    videos: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    folders: list[Place] = field(default_factory=list)


def scan_folder(
    place: Place, root: str, known: Folder | None = None, only: AbstractSet[str] | None = None
) -> Folder:
    """Scan one folder, or raise OSError; `root` is the real path that no link may leave.

    `known` is what was found before: what was offered stays so while it is written to. With `only`, what is
    known of files with other names still holds.
    """
    folder = _folder(place)  # before the rest: a change meanwhile is then seen as one
    entries = {entry.file: entry for entry in known.entries} if known else {}
    found = _Findings(
        folder, entries, known.waiting if known else {}, only, time.time_ns() - int(STILL * 1e9)
    )
    with os.scandir(place.real) as listing:
        children = [child for child in listing if _is_offered_by_name(child.name, folder.ignored)]
    if place.path and any(child.name.lower().endswith(_PLAYLISTS) for child in children):
        # (not of the root: a stray playlist there would hide everything)
        folder.pieces = True
    for child in children:
        _look_at(child, root, found)
    folder.entries, folder.others = _entries(found), tuple(sorted(found.others))
    folder.digest = digest_of(folder.entries)
    folder.folders = tuple(sorted(found.folders, key=lambda child: child.path))
    return folder


def _folder(place: Place) -> Folder:
    status = Path(place.real).stat()
    # of a time this fresh nobody can say that it will be another with the next change
    is_fresh = time.time() - status.st_mtime < _COARSE
    return Folder(place, place.pieces, status.st_ino, 0 if is_fresh else status.st_mtime_ns)


def _is_offered_by_name(name: str, ignored: Counter[str]) -> bool:
    if name.startswith("."):
        ignored["hidden"] += 1
    elif not name.isprintable() and _UNSPEAKABLE.search(name):
        ignored["name"] += 1
    else:
        return True
    return False


def _look_at(child: os.DirEntry[str], root: str, found: _Findings) -> None:
    try:
        if child.is_file(follow_symlinks=False):
            _look_at_file(child, found)
        elif child.is_symlink():
            _look_at_link(child, root, found)
        elif child.is_dir(follow_symlinks=False):
            place = found.folder.place
            below = Place(place.file(child.name), child.path, place.link, found.folder.pieces)
            found.folders.append(below)
        else:
            found.folder.ignored["special"] += 1
    except FileNotFoundError:
        pass  # it went away meanwhile
    except OSError:
        found.folder.ignored["unreadable"] += 1


def _look_at_link(child: os.DirEntry[str], root: str, found: _Findings) -> None:
    place, target = found.folder.place, os.path.realpath(child.path)
    if not is_below(target, root):
        found.folder.ignored["link"] += 1
        return
    mode = Path(target).stat().st_mode
    if stat.S_ISREG(mode):
        _look_at_file(child, found)
    elif not stat.S_ISDIR(mode):
        found.folder.ignored["special"] += 1
    elif place.link or is_below(place.real, target):
        found.folder.ignored["link"] += 1  # one link a path, and none that leads back: that ends
    else:
        found.folders.append(Place(place.file(child.name), target, link=True, pieces=found.folder.pieces))


def _look_at_file(child: os.DirEntry[str], found: _Findings) -> None:
    file, folder = found.folder.place.file(child.name), found.folder
    ending = ending_of(child.name)
    content_type = VIDEO_TYPES.get(ending)
    if ending not in MEDIA_TYPES:
        folder.ignored["type"] += 1
    elif content_type is None:
        found.others.append(file)
    elif folder.pieces:
        found.others.append(file)
        folder.ignored["piece"] += 1
    elif _still_holds(child.name, file, found):
        entry = found.known[file]
        found.videos[file] = entry.size, entry.modified, content_type
    else:
        _look_at_video(child, file, content_type, found)


def _still_holds(name: str, file: str, found: _Findings) -> bool:
    is_asked = found.only is None or name in found.only or file in found.before
    return not is_asked and file in found.known


def _look_at_video(child: os.DirEntry[str], file: str, content_type: str, found: _Findings) -> None:
    status, known = child.stat(), found.known.get(file)
    size, modified, waiting = status.st_size, status.st_mtime_ns, None
    if modified > found.still_before and (known is None or (size, modified) != (known.size, known.modified)):
        waiting = _waiting(size, modified, found.before.get(file))
    if waiting is None:
        found.videos[file] = size, modified, content_type
        return
    found.folder.waiting[file] = waiting
    if known:
        found.videos[file] = known.size, known.modified, content_type
    else:
        found.folder.ignored["unsettled"] += 1


def _waiting(size: int, modified: int, before: Waiting | None) -> Waiting | None:
    """Return how long a file that was modified a moment ago is waited for, None when that is over."""
    age, now = time.time() - modified / 1e9, time.monotonic()
    if before is None or (before.size, before.modified) != (size, modified):
        # (a time that is to come is another machine's clock: what counts then is when we saw it first)
        return Waiting(size, modified, now + STILL - max(age, 0))
    return None if now >= before.until else before


def _entries(found: _Findings) -> tuple[Entry, ...]:
    companions = Companions.among(found.others) if found.videos else Companions()
    kept = [
        _entry(file, *found.videos.pop(file), companions, old)
        for file, old in found.known.items()
        if file in found.videos
    ]
    come = [_entry(file, *video, companions, None) for file, video in found.videos.items()]
    if len(come) > _FEW:
        return tuple(sorted(kept + come, key=_key))
    for entry in come:
        insort(kept, entry, key=_key)
    return tuple(kept)


def _key(entry: Entry) -> str:
    return natural_name(entry.file)


def _entry(  # noqa: PLR0913, PLR0917
    file: str, size: int, modified: int, content_type: str, companions: Companions, old: Entry | None
) -> Entry:
    stem = file.rpartition(".")[0]
    tracks, poster = companions.tracks_of(stem), companions.posters.get(stem)
    if old is None:
        title = stem.rpartition("/")[2].replace("_", " ").strip() or stem
        return Entry(_lean_id(file), file, title, size, modified, content_type, tracks, poster)
    if (old.size, old.modified, old.tracks, old.poster) == (size, modified, tracks, poster):
        return old
    return replace(old, size=size, modified=modified, tracks=tracks, poster=poster)


def _lean_id(file: str) -> str:
    # one string for both where they are the same: strings are most of what an entry costs
    plain = plain_id(file)
    return file if plain == file else plain


def digest_of(entries: tuple[Entry, ...]) -> int:
    """Return what changes whenever the entries do; their ids follow from all files together."""
    if not entries:
        return 0
    text = "\0".join(f"{one.file}\0{one.size}\0{one.modified}\0{one.poster}\0{one.tracks}" for one in entries)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest())


def ending_of(name: str) -> str:
    """Return the ending in small letters, with its dot."""
    _, dot, ending = name.rpartition(".")
    return dot + ending.lower()


def is_below(path: str, folder: str) -> bool:
    """Say whether a real path is that of a folder, or of something in or below it."""
    return path == folder or path.startswith(folder if folder.endswith("/") else folder + "/")
