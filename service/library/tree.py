"""All folders of the library, and scanning anew those of them that were touched."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

import structlog

from service.library.scan import Folder, Place, is_below, scan_folder

Change = tuple[Folder | None, Folder | None]
"""A folder as it was and as it is, None for one that is not there."""

Touched = Mapping[str, AbstractSet[str] | None]
"""Paths of folders, and the names in each that were touched, None for all."""

_NOTHING: Touched = {}

_log = structlog.get_logger("service.library")


class Tree:
    """The folders below `root`, by path. Belongs to one thread; `progress` is told of each folder."""

    def __init__(self, root: str, progress: Callable[[], None] = lambda: None) -> None:
        self.root = os.path.realpath(root)
        self.folders: dict[str, Folder] = {}
        self.waiting: dict[str, float] = {}
        """When the first of a folder's files will have been still for long enough, by the monotonic clock."""
        self.ignored = Counter[str]()
        self.shape = 0
        """Another number when the folders to be watched may be others."""
        self.identity = (0, 0)
        """The device and the inode of the root that was scanned."""
        self._linked: dict[str, set[str]] = {}
        self._progress = progress

    def scan(self) -> list[Change]:
        """Scan everything, or raise OSError when the root itself cannot be read."""
        status = Path(self.root).stat()
        self.identity = status.st_dev, status.st_ino
        return list(self._scan([Place("", self.root)], {}, deep=True))

    def update(self, touched: Touched = _NOTHING, *, polling: bool = False) -> list[Change]:
        """Scan the folders with these real paths, those whose files are due, and what is new below them.

        With `polling` also those that say of themselves that they changed. Raise OSError as `scan`.
        """
        asked = self._changed() if polling else {}
        for real, names in touched.items():
            asked |= dict.fromkeys(self._paths_of(real), names)
        now = time.monotonic()
        for path in [path for path, until in self.waiting.items() if until <= now]:
            asked.setdefault(path, set())
        places = [self.folders[path].place for path in asked if path in self.folders]
        return list(self._scan(places, asked, deep=False))

    def spots(self) -> frozenset[tuple[str, int]]:
        """Return the real path and the inode of every folder that could be read."""
        return frozenset((one.place.real, one.inode) for one in self.folders.values() if one.inode)

    def _paths_of(self, real: str) -> Iterator[str]:
        if is_below(real, self.root):
            yield real[len(self.root) :].lstrip("/")
        yield from self._linked.get(real, ())

    def _changed(self) -> dict[str, AbstractSet[str] | None]:
        changed: dict[str, AbstractSet[str] | None] = {}
        for path, folder in self.folders.items():
            self._progress()
            try:
                status = Path(folder.place.real).stat()
                same = (status.st_ino, status.st_mtime_ns) == (folder.inode, folder.modified)
            except OSError:
                same = False
            if not same:
                changed[path] = None
        return changed

    def _scan(self, todo: list[Place], touched: Touched, *, deep: bool) -> Iterator[Change]:
        while todo:
            place = todo.pop()
            self._progress()
            old = self.folders.get(place.path)
            new = self._read(place, old, touched.get(place.path))
            if new is None:
                yield from self._remove([place])
                continue
            self._put(place.path, old, new)
            if old is None or old.entries != new.entries or old.others != new.others:
                yield old, new
            kept = {child.path for child in new.folders}
            yield from self._remove([child for child in old.folders if child.path not in kept] if old else [])
            todo += [child for child in new.folders if deep or self._is_news(child)]

    def _read(self, place: Place, old: Folder | None, only: AbstractSet[str] | None) -> Folder | None:
        try:
            return scan_folder(place, self.root, old, only)
        except (FileNotFoundError, NotADirectoryError):
            if not place.path:
                raise
            return None
        except OSError as error:
            if not place.path:
                raise
            _log.warning("folder unreadable", folder=place.path, reason=error.strerror)
            # nothing of it can be opened without the right to; any other trouble may pass
            kept = Folder(place) if old is None or isinstance(error, PermissionError) else old
            found = kept.entries, kept.others, kept.folders, kept.digest
            return Folder(place, kept.pieces, kept.inode, 0, *found, {}, Counter(unreadable=1))

    def _is_news(self, place: Place) -> bool:
        known = self.folders.get(place.path)
        return known is None or known.place != place

    def _remove(self, places: list[Place]) -> Iterator[Change]:
        while places:
            place = places.pop()
            folder = self.folders.get(place.path)
            if folder is not None:
                self._put(place.path, folder, None)
                yield folder, None
                places += folder.folders

    def _put(self, path: str, old: Folder | None, new: Folder | None) -> None:
        self.waiting.pop(path, None)
        self.shape += old is None or new is None or old.inode != new.inode
        if old is not None:
            self.ignored.subtract(old.ignored)
            del self.folders[path]
            self._linked.get(old.place.real, set()).discard(path)
        if new is not None:
            self.ignored.update(new.ignored)
            self.folders[path] = new
            if new.waiting:
                self.waiting[path] = min(waiting.until for waiting in new.waiting.values())
            if new.place.link:
                self._linked.setdefault(new.place.real, set()).add(path)
