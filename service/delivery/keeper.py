"""Looking after the published decisions, in the background."""

import asyncio
import contextlib
import time
from collections.abc import Callable

import structlog

from service.delivery.disk import Disk
from service.delivery.published import Published

_log = structlog.get_logger("service.decisions")


class Keeper:
    """Has `published` looked after so often that no decision is acted on for more than `lifetime` seconds.

    When it cannot be, the media not answering or this process gone, what is known holds for `grace` seconds
    more; so it does while it may not be (`can_decide`): after the start, and before the end.
    """

    def __init__(
        self,
        published: Published,
        disk: Disk,
        *,
        lifetime: int,
        grace: int,
        can_decide: Callable[[], bool] = lambda: True,
    ) -> None:
        self._published = published
        self._disk = disk
        self._interval = lifetime / 2
        self._seconds = lifetime + grace
        self._can_decide = can_decide
        self._task: asyncio.Task[None] | None = None
        self._failure = ""

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Leave things as they are: whoever is to come will look after them."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _keep(self) -> None:
        while True:
            try:
                if self._can_decide():
                    await self._disk.run(self._look_after)
                self._failure = ""
            except Exception as error:  # noqa: BLE001 - whatever it is, the next time it may go well
                self._complain(str(error))
            await asyncio.sleep(self._interval)

    def _look_after(self) -> None:
        self._published.look_after(time.time(), self._seconds, self._interval)

    def _complain(self, reason: str) -> None:
        if reason != self._failure:
            _log.error("nginx cannot be told what to send", reason=reason)
        self._failure = reason
