"""Keeping a catalog current, in a thread of its own: one that hangs on a mount holds up nothing else."""

import gc
import threading
import time
from concurrent.futures import Future

import structlog

from service.library.catalog import Catalog
from service.library.tree import Tree
from service.library.watch import Watch

_LOOK = 1.0  # seconds between two looks at the root itself, or at all folders while there is no watch
_LEAST_PAUSE = 0.05  # seconds between two updates
_SHARE = 4  # and so many times as long as the last one took: a flood of changes takes a fifth of a processor
_RARELY = 20  # and so many times as long as the last one took between two that look at everything
_RETRY = 60.0  # seconds between two attempts to watch

_log = structlog.get_logger("service.library")


class Upkeep:
    """Scans everything at first and every `interval` seconds, unless that is 0; what is touched, at once."""

    def __init__(self, catalog: Catalog, interval: int) -> None:
        self.loaded: Future[None] = Future()
        """Done after the first scan, and when no file is just short of being offered as the first one."""
        self.ended: Future[None] = Future()
        self._catalog = catalog
        self._interval = interval
        self._watch = Watch(self.touch, self._poll_once)
        self._followed: tuple[Tree | None, int] = (None, 0)
        self._next_scan = self._next_poll = self._next_attempt = 0.0
        self._lock = threading.Lock()
        self._touched: dict[str, set[str] | None] = {}
        self._is_to_poll = False
        self._wake = threading.Event()
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin; a daemon, since the end of the process does not wait for a mount."""
        threading.Thread(target=self._run, name="library", daemon=True).start()

    def stop(self) -> list[Future[None]]:
        """End as soon as the scan that is going on is over; return what is done then."""
        self._stopping.set()
        self._wake.set()
        return [self.ended, *self._watch.stop()]

    def touch(self, folder: str, name: str | None) -> None:
        """Have the file `name` in the folder with this real path looked at soon, all of it for None."""
        with self._lock:
            names = self._touched.setdefault(folder, set())
            if name is None or names is None:
                self._touched[folder] = None
            else:
                names.add(name)
        self._wake.set()

    def _poll_once(self) -> None:
        self._is_to_poll = True
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self._work(began)
                self._keep_watch(began)
            except Exception:  # noqa: BLE001 (whatever it is, the next time may go well)
                _log.exception("the library could not be brought up to date")
                self._catalog.tree = None  # what of it is in the index is not known: begin anew
            self._announce()
            took = time.monotonic() - began
            self._stopping.wait(min(_LOOK, max(_LEAST_PAUSE, _SHARE * took)))
            self._wake.wait(self._idle())
            self._wake.clear()
        self.ended.set_result(None)

    def _work(self, began: float) -> None:
        with self._lock:
            touched, self._touched = self._touched, {}
        polling, self._is_to_poll = self._must_poll(began), False
        if self._must_scan(began):
            is_first = not self._catalog.scanned_at
            self._catalog.refresh()
            if is_first:
                gc.freeze()  # else the collector goes through all entries ever again, and all threads wait
            self._next_scan = began + max(self._interval, _RARELY * (time.monotonic() - began))
        else:
            self._catalog.update(touched, polling=polling)
            if polling:
                self._next_poll = began + max(_LOOK, _RARELY * (time.monotonic() - began))

    def _must_scan(self, now: float) -> bool:
        is_time = self._interval > 0 and now >= self._next_scan
        return is_time or self._catalog.tree is None or self._catalog.is_elsewhere()

    def _must_poll(self, now: float) -> bool:
        return self._is_to_poll or (bool(self._watch.failure) and now >= self._next_poll)

    def _keep_watch(self, now: float) -> None:
        tree = self._catalog.tree
        if tree is None:
            return
        shape = tree, tree.shape
        changed = shape != self._followed or self._watch.is_short
        if now >= self._next_attempt if self._watch.failure else changed:
            is_other = tree is not self._followed[0]
            self._followed, self._next_attempt = shape, now + _RETRY
            self._watch.follow(tree.spots(), anew=is_other)

    def _idle(self) -> float:
        now, tree = time.monotonic(), self._catalog.tree
        until = min(tree.waiting.values(), default=now + _LOOK) if tree else now + _LOOK
        return min(_LOOK, max(0.0, until - now))

    def _announce(self) -> None:
        tree = self._catalog.tree
        is_waiting = tree is not None and tree.waiting and not self._catalog.index.entries
        if not self.loaded.done() and not is_waiting:
            self.loaded.set_result(None)
