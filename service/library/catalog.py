"""The index and the folders that it was made of, brought up to date together."""

import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import structlog

from service.library.index import Index
from service.library.tree import Change, Touched, Tree

_log = structlog.get_logger("service.library")


class Catalog:
    """What is offered of the folder `root`. Belongs to one thread; what is public may be read in any.

    Each new index is given to `publish`. While the root cannot be read the last index stays.
    """

    def __init__(self, root: Path, publish: Callable[[Index], None]) -> None:
        self.index = Index()
        self.tree: Tree | None = None
        self.failure = ""
        """Why the root cannot be read, empty when it can."""
        self.ignored = Counter[str]()
        self.scan_seconds = 0.0
        self.scanned_at = 0.0
        """When all was scanned last, in seconds since the epoch; 0 before the first time."""
        self.progressed_at: float | None = None
        """When the scan that is going on read its last folder, by the monotonic clock; None between scans."""
        self._root = root
        self._publish = publish

    def refresh(self) -> None:
        """Scan everything."""
        began = time.monotonic()
        self._attempt(self._scan)
        if not self.failure:
            self.scan_seconds, self.scanned_at = time.monotonic() - began, time.time()

    def update(self, touched: Touched, *, polling: bool = False) -> None:
        """Scan the folders with these real paths, what is due, and with `polling` all that changed."""
        tree = self.tree
        if tree is not None:
            self._attempt(lambda: (self.index, tree.update(touched, polling=polling)))

    def is_elsewhere(self) -> bool:
        """Say whether what is at the root's path now is not what was scanned."""
        self._note_progress()
        try:
            status = self._root.stat()
        except OSError:
            return not self.failure
        finally:
            self.progressed_at = None
        return self.tree is None or (status.st_dev, status.st_ino) != self.tree.identity

    def _scan(self) -> tuple[Index, list[Change]]:
        root = os.path.realpath(self._root)
        if self.tree is None or self.tree.root != root or self.is_elsewhere():
            self.tree, base = Tree(root, self._note_progress), Index()
        else:
            base = self.index
        return base, self.tree.scan()

    def _attempt(self, scan: Callable[[], tuple[Index, list[Change]]]) -> None:
        self._note_progress()
        try:
            self._conclude(*scan())
        except OSError as error:
            self.tree = None  # what of it is in the index is not known: begin anew when that is possible
            failure = error.strerror or str(error)
            if failure != self.failure:
                _log.error("media folder unreadable", folder=str(self._root), reason=failure)
            self.failure = failure
        finally:
            self.progressed_at = None

    def _conclude(self, base: Index, changes: list[Change]) -> None:
        assert self.tree is not None  # noqa: S101  # nosec B101
        self.failure = ""
        if changes or base is not self.index:
            self.index = base.updated(changes, self.tree.folders.values())
            self._publish(self.index)
        ignored = +self.tree.ignored
        if ignored != self.ignored:
            _log.info("files not offered", **ignored)
        self.ignored = ignored

    def _note_progress(self) -> None:
        self.progressed_at = time.monotonic()
