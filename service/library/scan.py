"""A folder as it is on the disk: what of it is offered, and how much is not, for which reason."""

import os
import re
import stat
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path

from service.library.entry import Entry
from service.library.folder import Folder, Place, Waiting, digest_of, is_below
from service.library.shelve import Video, merge, shelve
from service.media_types import MEDIA_TYPES, VIDEO_TYPES

STILL = 1.8
"""Seconds without a change after which a file counts as whole, so that it shows within two."""

REASONS = ("hidden", "name", "type", "link", "special", "piece", "unsettled", "unreadable")
"""Why something is not offered as a video; `name`: not UTF-8, or with control characters."""

_LARGE = 1000  # videos in one folder from which it pays to look at a few files alone
_COARSE = 2.0  # seconds: as coarse as the times of a file system may be
_STREAMING = b"#EXT-X-"  # begins a tag of HLS (RFC 8216, section 4.3); a player's own list has none
_TAGS_WITHIN = 4096  # bytes
_NONE: Mapping[str, Waiting] = {}
_UNSPEAKABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(slots=True)
class _Findings:
    """What is found before it is put together: videos by path, and the rest."""

    folder: Folder
    root: str
    known: Mapping[str, Entry]
    before: Mapping[str, Waiting]
    still_before: int
    videos: dict[str, Video] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    folders: list[Place] = field(default_factory=list)


def scan_folder(place: Place, root: str, known: Folder | None = None) -> Folder:
    """Scan one folder, or raise OSError; `root` is the real path that no link may leave.

    `known` is what was found before: what was offered stays so while it is written to.
    """
    found = _begin(place, root, known.entries, known.waiting) if known else _begin(place, root)
    folder = found.folder
    with os.scandir(place.real) as listing:
        children = [child for child in listing if _is_offered_by_name(child.name, folder.ignored)]
    if place.path and any(map(_is_playlist, children)):
        # (not of the root: a stray playlist there would hide everything)
        folder.pieces = True
    _look_at(children, found)
    folder.others = tuple(sorted(found.others))
    folder.folders = tuple(sorted(found.folders, key=lambda child: child.path))
    folder.entries = shelve(known.entries if known else (), found.videos, found.others)
    folder.digest = digest_of(folder.entries)
    return folder


def _is_playlist(child: os.DirEntry[str]) -> bool:
    ending = os.path.splitext(child.name)[1].lower()  # noqa: PTH122 - of a hundred thousand names
    if ending != ".m3u8" or not child.is_file(follow_symlinks=False):
        return ending == ".mpd"
    try:
        with open(child.path, "rb") as file:  # noqa: PTH123 - as above
            return _STREAMING in file.read(_TAGS_WITHIN)
    except OSError:
        return False


def scan_files(known: Folder, root: str, names: AbstractSet[str]) -> Folder:
    """Scan a folder of which only files with these names were touched, or raise OSError.

    The cost is that of reading the names of a large folder; all of a small one is scanned.
    """
    asked = names | {file.rpartition("/")[2] for file in known.waiting}
    if (
        known.pieces
        or len(known.entries) < _LARGE
        or not all(ending_of(name) in VIDEO_TYPES for name in asked)
    ):
        return scan_folder(known.place, root, known)
    touched = {known.place.file(name) for name in asked}
    olds = [entry for entry in known.entries if entry.file in touched]
    found = _begin(known.place, root, olds, known.waiting)
    with os.scandir(known.place.real) as listing:
        children = [child for child in listing if child.name in asked]
    if not all(child.is_file(follow_symlinks=False) for child in children):
        return scan_folder(known.place, root, known)
    _look_at(children, found)
    return _patched(known, found, olds)


def _begin(
    place: Place, root: str, known: Iterable[Entry] = (), before: Mapping[str, Waiting] = _NONE
) -> _Findings:
    status = Path(place.real).stat()  # before the rest: a change meanwhile is then seen as one
    # of a time this fresh nobody can say that it will be another with the next change
    is_fresh = time.time() - status.st_mtime < _COARSE
    folder = Folder(place, place.pieces, status.st_ino, 0 if is_fresh else status.st_mtime_ns)
    still_before = time.time_ns() - int(STILL * 1e9)
    return _Findings(folder, root, {entry.file: entry for entry in known}, before, still_before)


def _patched(known: Folder, found: _Findings, olds: list[Entry]) -> Folder:
    folder = found.folder
    news = shelve(olds, found.videos, known.others)
    folder.entries = merge((entry for entry in known.entries if entry.file not in found.known), news)
    folder.digest = known.digest - digest_of(olds) + digest_of(news)
    folder.others, folder.folders = known.others, known.folders
    folder.ignored = known.ignored - Counter(unsettled=known.ignored["unsettled"]) + folder.ignored
    return folder


def _is_offered_by_name(name: str, ignored: Counter[str]) -> bool:
    if name.startswith("."):
        ignored["hidden"] += 1
    elif not name.isprintable() and _UNSPEAKABLE.search(name):
        ignored["name"] += 1
    else:
        return True
    return False


def _look_at(children: Iterable[os.DirEntry[str]], found: _Findings) -> None:
    for child in children:
        try:
            if child.is_file(follow_symlinks=False):
                _look_at_file(child, found)
            elif child.is_symlink():
                _look_at_link(child, found)
            elif child.is_dir(follow_symlinks=False):
                _add_folder(child.name, child.path, found, link=found.folder.place.link)
            else:
                found.folder.ignored["special"] += 1
        except FileNotFoundError:
            pass  # it went away meanwhile
        except OSError:
            found.folder.ignored["unreadable"] += 1


def _look_at_link(child: os.DirEntry[str], found: _Findings) -> None:
    place, target = found.folder.place, os.path.realpath(child.path)
    if not is_below(target, found.root):
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
        _add_folder(child.name, target, found, link=True)


def _add_folder(name: str, real: str, found: _Findings, *, link: bool) -> None:
    found.folders.append(Place(found.folder.place.file(name), real, link, found.folder.pieces))


def _look_at_file(child: os.DirEntry[str], found: _Findings) -> None:
    file, ending = found.folder.place.file(child.name), ending_of(child.name)
    content_type = VIDEO_TYPES.get(ending)
    if content_type is not None and not found.folder.pieces:
        _look_at_video(child.stat(), file, content_type, found)
    elif ending in MEDIA_TYPES:
        found.others.append(file)
        found.folder.ignored["piece"] += content_type is not None
    else:
        found.folder.ignored["type"] += 1


def _look_at_video(status: os.stat_result, file: str, content_type: str, found: _Findings) -> None:
    size, modified, known = status.st_size, status.st_mtime_ns, found.known.get(file)
    waiting = None
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


def ending_of(name: str) -> str:
    """Return the ending in small letters, with its dot."""
    _, dot, ending = name.rpartition(".")
    return dot + ending.lower()
