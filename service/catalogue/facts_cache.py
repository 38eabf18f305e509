"""What is known of each video, read once for each version of its file and never on the event loop."""

import asyncio
import os
from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import structlog

from service.errors import ServiceError
from service.library import Entry, Library
from service.metadata.facts import NOTHING, Facts
from service.metadata.reader import read_facts

_log = structlog.get_logger("service.catalogue")

_THREADS = 2  # of its own: a mount that hangs takes away the facts, and nothing else
_WITHIN = 0.5  # seconds: for facts nobody waits longer
_WITHIN_FILLING = 60.0  # seconds: then the next one, whatever the disk does
_BREATH = 500  # entries that are looked at before others have their turn
_LOOK_EVERY = 2.0  # seconds between two looks for a new version of the library
_EDITION_EVERY = 5.0  # seconds: while the facts come in, orders made of them are this old at most


def read_video(library: Library, entry: Entry) -> Facts:
    """Open a video and read its facts, or raise MediaError or OSError."""
    with library.open(entry) as file:
        size = file.representation.size
        return read_facts(lambda offset, length: os.pread(file.fd, length, offset), size, entry.content_type)


class FactsCache:
    """The facts of up to `capacity` videos: those of the library, and of two the one that was asked for last.

    `edition` grows as facts come in, but not with each.
    """

    def __init__(self, library: Library, *, capacity: int = 250_000, pause: float = 0.002) -> None:
        self._library = library
        self._capacity = capacity
        self._pause = pause
        self._known: OrderedDict[str, tuple[int, int, Facts]] = OrderedDict()
        self._reading: dict[str, asyncio.Task[None]] = {}
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="facts")
        self._filling: asyncio.Task[None] | None = None
        self.edition = 0
        self.slow_starts = 0

    def known(self, entry: Entry) -> Facts | None:
        """Return what was read of this version of the file; None when nothing was yet."""
        found = self._known.get(entry.file)
        return found[2] if found and found[:2] == (entry.size, entry.modified) else None

    def duration(self, entry: Entry) -> float | None:
        """Return how long a video is, in seconds, if that is known; may be called in any thread."""
        facts = self.known(entry)
        return facts.duration if facts else None

    async def of(self, entries: Iterable[Entry], within: float = _WITHIN) -> list[Facts]:
        """Return the facts of each; NOTHING of what cannot be read, or not within so many seconds."""
        wanted = list(entries)
        if readings := [self._reading_of(entry) for entry in wanted if self.known(entry) is None]:
            await asyncio.wait(readings, timeout=within)
        for entry in wanted:
            if entry.file in self._known:
                self._known.move_to_end(entry.file)
        return [self.known(entry) or NOTHING for entry in wanted]

    def _reading_of(self, entry: Entry) -> asyncio.Task[None]:
        # one for all who ask, who may come by the thousand while a mount hangs
        if entry.file not in self._reading:
            self._reading[entry.file] = asyncio.create_task(self._learn(entry))
        return self._reading[entry.file]

    async def _learn(self, entry: Entry) -> None:
        try:
            self._keep(
                entry, await asyncio.wrap_future(self._threads.submit(read_video, self._library, entry))
            )
        except (ServiceError, OSError) as error:  # (and is tried again with the next request)
            _log.warning("facts unreadable", reason=str(error))
        except Exception:  # noqa: BLE001 - a strange file must not take a page away
            _log.exception("unexpected error about the facts", file=entry.file)
            self._keep(entry, NOTHING)
        finally:
            del self._reading[entry.file]

    def _keep(self, entry: Entry, facts: Facts) -> None:
        self._forget(entry.file)
        self._known[entry.file] = (entry.size, entry.modified, facts)
        self.slow_starts += facts.faststart is False
        if len(self._known) > self._capacity:
            self._forget(next(iter(self._known)))

    def _forget(self, file: str) -> None:
        if found := self._known.pop(file, None):
            self.slow_starts -= found[2].faststart is False

    async def start(self) -> None:
        """Begin to fill in what is not known, slowly, for as long as the service runs."""
        self._filling = asyncio.create_task(self._keep_filling())

    async def stop(self) -> None:
        """Let go of everything; a thread that hangs on a mount is not waited for."""
        tasks = [*self._reading.values(), *([self._filling] if self._filling else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _keep_filling(self) -> None:
        filled: str | None = None
        while True:
            version = self._library.version
            if version != filled:
                await self.fill()
                filled = version
            await asyncio.sleep(_LOOK_EVERY)

    async def fill(self) -> None:
        """Read what is not known of the library, one video at a time, and forget what is no more in it."""
        loop = asyncio.get_running_loop()
        entries, told = self._library.entries, loop.time()
        for place, entry in enumerate(islice(entries, self._capacity)):
            if self.known(entry) is None:
                await self.of([entry], within=_WITHIN_FILLING)
                await asyncio.sleep(self._pause)
            elif place % _BREATH == 0:
                await asyncio.sleep(0)
            if loop.time() > told + _EDITION_EVERY:
                self.edition, told = self.edition + 1, loop.time()
        there = await asyncio.to_thread(lambda: {entry.file for entry in entries})
        for file in self._known.keys() - there:
            self._forget(file)
        self.edition += 1
