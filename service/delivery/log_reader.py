"""Reading nginx's delivery log into the metrics, in the background, each line once.

Counting and noting down how far the log was read are one step (`LogFile.save`), so neither a restart nor a
kill of this process makes a line count twice or not at all: the counters go on where they were. Of several
replicas one is the reader, and the others have no counters; one that is about to end hands both over.
"""

import asyncio
import contextlib
import time
from pathlib import Path

import structlog

from service.delivery.log_file import LogFile
from service.delivery.log_line import Batch, summarize
from service.delivery.totals import Totals
from service.drain import Drain
from service.metrics import Metrics

_INTERVAL = 0.5  # seconds between two looks; nginx writes once a second
_OFFER = 2 * _INTERVAL  # seconds within which each of those who wait has looked
_BATCH = 256 * 1024  # bytes: what may be parsed in one go

_log = structlog.get_logger("service.delivery_log")


class LogReader:
    """Follows the log at `path` from `start` to `stop`.

    When the `drain` begins, whoever waits for its turn gets it; this one goes on if nobody does.
    """

    def __init__(self, path: Path, metrics: Metrics, drain: Drain | None = None) -> None:
        self._file = LogFile(path)
        self._metrics = metrics
        self._drain = drain or Drain()
        self._has_offered = False
        self._reading = asyncio.Lock()
        self._is_reader = False
        self._stopping = asyncio.Event()
        self._following: asyncio.Task[None] | None = None
        self._failure = ""

    async def start(self) -> None:
        """Begin to follow the log."""
        self._following = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Count what is still there, and let another process be the reader."""
        self._stopping.set()
        if self._following is not None:
            await self._following
        self._file.close()

    async def _follow(self) -> None:
        stopping = False
        while not stopping:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _INTERVAL)
            stopping = self._stopping.is_set()
            await self.catch_up()
            if self._drain.has_begun and not self._has_offered:
                self._has_offered = True
                await self._offer()

    async def _offer(self) -> None:
        async with self._reading:
            if not self._is_reader:
                return
            self._is_reader = False
            self._file.close()
            self._metrics.hand_over()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _OFFER)

    async def catch_up(self) -> None:
        """Count all that is in the log by now, also when the one who asks for it goes away.

        What goes wrong is logged, once, and tried again the next time.
        """
        try:
            await asyncio.shield(asyncio.create_task(self._catch_up()))
            self._failure = ""
        except OSError as error:
            if str(error) != self._failure:
                _log.error("the delivery log cannot be read", reason=str(error))
            self._failure = str(error)

    async def _catch_up(self) -> None:
        async with self._reading:
            if not self._is_reader:
                await self._become_reader()
            while self._is_reader:
                self._gauge()
                size, batch = await asyncio.to_thread(self._read)
                if not size:
                    break
                self._file.advance(size)
                self._count(batch)
                await asyncio.to_thread(self._file.save, self._metrics.totals.as_json())
            self._gauge()

    async def _become_reader(self) -> None:
        saved = await asyncio.to_thread(self._file.acquire)
        if saved is None:
            return
        self._is_reader = True
        self._metrics.take_over()
        with contextlib.suppress(ValueError, TypeError):  # from another version: begin anew
            self._metrics.totals.merge(Totals.from_json(saved))

    def _gauge(self) -> None:
        self._metrics.log.unread.set(self._file.unread())
        self._metrics.log.disk.set(self._file.disk_usage())

    def _read(self) -> tuple[int, Batch]:
        lines = self._file.read(_BATCH)
        return len(lines), summarize(lines)

    def _count(self, batch: Batch) -> None:
        self._metrics.totals.merge(batch.totals)
        self._metrics.log.invalid.inc(batch.invalid)
        if batch.ended:
            self._metrics.in_progress.set(batch.in_progress)
            self._metrics.log.delay.set(max(0.0, time.time() - batch.ended))
