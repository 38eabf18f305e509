"""The kernel's word on which folders were touched.

Each folder is watched by itself: a recursive watch would follow links out of the media folder, and into what
is hidden. What a watch misses before it is in force is for others to look up; `started` says when that is.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

import structlog
from watchfiles import Change, watch

Spot = tuple[str, int]
"""A folder that can be watched: its real path and its inode."""

_GROUPING = 100  # milliseconds for which changes are collected
_STEP = 25  # milliseconds between two looks at what was collected
_MOST = 8  # threads; making one holds up all others of the process, by 15 µs a folder

_log = structlog.get_logger("service.library")


@dataclass(slots=True)
class _Follower:
    """A thread that watches some folders."""

    spots: frozenset[Spot]
    lost: set[str] = field(default_factory=set)
    """The paths of those that went away; what is there by now under the same name is not watched."""
    stopping: threading.Event = field(default_factory=threading.Event)
    ended: Future[None] = field(default_factory=Future)


class Watch:
    """Tells `touch` of changes, by the real path of a folder and a name in it, in threads of its own.

    `failure` says why there is no watch, when there is none: then somebody has to poll. `is_short`: a folder
    went away, and with it its watch; follow again what there is by then.
    """

    def __init__(self, touch: Callable[[str, str | None], None], started: Callable[[], None]) -> None:
        self.failure = self._warned = ""
        self.is_short = False
        self._touch = touch
        self._started = started
        self._followers: list[_Follower] = []

    def follow(self, spots: frozenset[Spot], *, anew: bool = False) -> None:
        """Watch these folders, and no others for long; after a failure, try it anew.

        `anew`: they are others than before, whatever their names and inodes. What is mounted often has the
        inode of what was mounted there before, and the library says nothing when that goes away.
        """
        if self.failure:
            self.failure, _ = "", self.stop()
        self.is_short = False
        for one in self._followers:
            one.lost |= {path for path, _ in one.spots - spots}
        replaced: list[_Follower] = []
        if anew:
            replaced = self._followers
        elif len(self._followers) >= _MOST:  # all but the largest become one
            replaced = sorted(self._followers, key=lambda one: len(one.spots))[:-1]
        kept = [follower for follower in self._followers if follower not in replaced]
        followed = {spot for one in kept for spot in one.spots if spot[0] not in one.lost}
        if spots - followed:
            self._start(spots - followed, kept, replaced)

    def stop(self) -> list[Future[None]]:
        """Stop watching; return what is done when the threads have ended."""
        followers, self._followers = self._followers, []
        for follower in followers:
            follower.stopping.set()
        return [follower.ended for follower in followers]

    def _start(self, spots: frozenset[Spot], kept: list[_Follower], replaced: list[_Follower]) -> None:
        follower = _Follower(spots)
        self._followers = [*kept, follower]
        threading.Thread(target=self._run, args=(follower, replaced), name="watch", daemon=True).start()

    def _run(self, follower: _Follower, replaced: list[_Follower]) -> None:
        try:
            self._report(follower, replaced)
        except Exception as error:  # noqa: BLE001 (the library raises more than it says, and polling helps)
            if not follower.stopping.is_set():
                self._fail(str(error))
        finally:
            for other in replaced:
                other.stopping.set()
            follower.ended.set_result(None)

    def _report(self, follower: _Follower, replaced: list[_Follower]) -> None:
        folders = {path for path, _ in follower.spots}
        batches = watch(
            *folders,
            watch_filter=None,
            debounce=_GROUPING,
            step=_STEP,
            stop_event=follower.stopping,
            rust_timeout=_GROUPING,
            yield_on_timeout=True,
            raise_interrupt=False,
            force_polling=False,
            recursive=False,
            ignore_permission_denied=False,  # (it would also hide that the kernel's limit was reached)
        )
        for number, changes in enumerate(batches):
            if not number:
                for other in replaced:
                    other.stopping.set()
                self._started()
            for change, path in changes:
                if path in folders:
                    self._touch(path, None)
                    if change is Change.deleted:
                        follower.lost.add(path)
                        self.is_short = True
                self._tell(path)

    def _tell(self, path: str) -> None:
        folder, name = os.path.split(path)
        if not name.startswith("."):
            self._touch(folder, name)

    def _fail(self, reason: str) -> None:
        if reason != self._warned:
            _log.warning("the media folder is polled, since it cannot be watched", reason=reason)
        self.failure = self._warned = reason
        self._started()
