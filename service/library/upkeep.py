"""Keeping a catalog current, in a thread of its own: one that hangs on a mount holds up nothing else."""

import threading
import time
from concurrent.futures import Future

import structlog

from service.library.catalog import Catalog

_LOOK = 1.0  # seconds between two looks at the root itself
_LEAST_PAUSE = 0.05  # seconds between two updates
_SHARE = 4  # and so many times as long as the last one took: a flood of changes takes a fifth of a processor

_log = structlog.get_logger("service.library")


class Upkeep:
    """Scans everything at first and every `interval` seconds, unless that is 0; what is touched, at once."""

    def __init__(self, catalog: Catalog, interval: int) -> None:
        self.loaded: Future[None] = Future()
        """Done after the first scan, and when no file is just short of being offered as the first one."""
        self.ended: Future[None] = Future()
        self._catalog = catalog
        self._interval = interval
        self._next_scan = 0.0
        self._lock = threading.Lock()
        self._touched: dict[str, set[str] | None] = {}
        self._wake = threading.Event()
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin; a daemon, since the end of the process does not wait for a mount."""
        threading.Thread(target=self._run, name="library", daemon=True).start()

    def stop(self) -> None:
        """End as soon as the scan that is going on is over."""
        self._stopping.set()
        self._wake.set()

    def touch(self, folder: str, name: str | None) -> None:
        """Have the file `name` in `folder` looked at soon, all of it for None; from any thread."""
        with self._lock:
            names = self._touched.get(folder, set())
            if name is None or names is None:
                self._touched[folder] = None
            else:
                self._touched[folder] = names | {name}
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self._work(began)
            except Exception:  # noqa: BLE001 (whatever it is, the next one may go well)
                _log.exception("the library could not be brought up to date")
                self._catalog.tree = None  # what of it is in the index is not known: begin anew
            self._announce()
            took = time.monotonic() - began
            self._stopping.wait(min(_LOOK, max(_LEAST_PAUSE, _SHARE * took)))
            self._wake.wait(self._idle())
            self._wake.clear()
        self.ended.set_result(None)

    def _work(self, now: float) -> None:
        with self._lock:
            touched, self._touched = self._touched, {}
        if self._must_scan(now):
            self._catalog.refresh()
            self._next_scan = time.monotonic() + self._interval
            return
        tree = self._catalog.tree
        touched |= {path: set() for path, until in tree.waiting.items() if until <= now} if tree else {}
        if touched:
            self._catalog.update(touched)

    def _must_scan(self, now: float) -> bool:
        periodic = self._interval > 0 and now >= self._next_scan
        return periodic or self._catalog.tree is None or self._catalog.is_elsewhere()

    def _idle(self) -> float:
        tree = self._catalog.tree
        now = time.monotonic()
        until = min(tree.waiting.values(), default=now + _LOOK) if tree else now + _LOOK
        return min(_LOOK, max(0.0, until - now))

    def _announce(self) -> None:
        tree = self._catalog.tree
        is_waiting = tree is not None and tree.waiting and not self._catalog.index.entries
        if not self.loaded.done() and not is_waiting:
            self.loaded.set_result(None)
