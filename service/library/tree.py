"""All folders of the library, and scanning anew those of them that were touched."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

import structlog

from service.library.scan import Folder, Place, scan_folder

Change = tuple[Folder | None, Folder | None]
"""A folder as it was and as it is, None for one that is not there."""

Touched = Mapping[str, AbstractSet[str] | None]
"""Paths of folders, and the names in each that were touched, None for all."""

_log = structlog.get_logger("service.library")


class Tree:
    """The folders below `root`, by path. Belongs to one thread; `progress` is told of each folder."""

    def __init__(self, root: str, progress: Callable[[], None] = lambda: None) -> None:
        self.root = os.path.realpath(root)
        self.folders: dict[str, Folder] = {}
        self.waiting: dict[str, float] = {}
        """When the first of a folder's files will have been still for long enough, by the monotonic clock."""
        self.ignored = Counter[str]()
        self.identity = (0, 0)
        """The device and the inode of the root that was scanned."""
        self._progress = progress

    def scan(self) -> list[Change]:
        """Scan everything, or raise OSError when the root itself cannot be read."""
        status = Path(self.root).stat()
        self.identity = status.st_dev, status.st_ino
        return list(self._scan([Place("", self.root)], {}, deep=True))

    def rescan(self, touched: Touched) -> list[Change]:
        """Scan the touched folders and those that are new below them, or raise OSError as `scan`."""
        places = [self.folders[path].place for path in touched if path in self.folders]
        return list(self._scan(places, touched, deep=False))

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
        if old is not None:
            self.ignored.subtract(old.ignored)
            self.folders.pop(path)
        if new is not None:
            self.ignored.update(new.ignored)
            self.folders[path] = new
            if new.waiting:
                self.waiting[path] = min(waiting.until for waiting in new.waiting.values())
