"""Whether this replica should be sent requests: a check each for the media, the library and the drain."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import structlog

from service.delivery.disk import Disk
from service.drain import Drain
from service.errors import MediaError
from service.library import Library

_log = structlog.get_logger("service.operations")

_READY_WITHIN = 2.0  # seconds: a media folder that takes longer is not ready


class Readiness:
    """The checks; what reads the disk does so in threads of `disk`, which should be nobody else's."""

    def __init__(self, library: Library, disk: Disk, drain: Drain) -> None:
        self._library = library
        self._drain = drain
        self._probe = _Probe(disk, library.probe)
        self._complaint = ""

    async def check(self) -> tuple[bool, dict[str, object]]:
        """Return whether all is well, and what `/readyz` says: a status, and the checks with their reasons.

        Reasons name no files; the log does, once for each change.
        """
        checks = {
            "media": await self._media(),
            "library": self._library_reason(),
            "drain": "the service is about to end" if self._drain.has_begun else "",
        }
        ready = not any(checks.values())
        return ready, {
            "status": "ready" if ready else "not ready",
            "checks": {name: _verdict(reason) for name, reason in checks.items()},
        }

    async def _media(self) -> str:
        try:
            async with asyncio.timeout(_READY_WITHIN):
                await self._probe.ask()
        except TimeoutError:
            self._complain("the media folder does not answer")
            return f"the media folder did not answer within {_READY_WITHIN:g} s"
        except MediaError as error:
            self._complain(str(error))
            return "the media cannot be read"
        self._complaint = ""
        return ""

    def _library_reason(self) -> str:
        state = self._library.state
        return f"the library is {state}" if state in {"loading", "unreadable"} else ""

    def _complain(self, reason: str) -> None:
        if reason != self._complaint:
            _log.warning("not ready", reason=reason)
        self._complaint = reason


class _Probe:
    """One look at the disk at a time: on a mount that hangs, all who ask wait for the same one."""

    def __init__(self, disk: Disk, look: Callable[[], None]) -> None:
        self._disk = disk
        self._look = look
        self._looking: asyncio.Future[Any] | None = None

    async def ask(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(self._disk.run(self._look))
            self._looking.add_done_callback(_retrieve)
        await asyncio.shield(self._looking)


def _retrieve(looking: "asyncio.Future[Any]") -> None:
    # it may have failed after all who asked were gone
    with contextlib.suppress(asyncio.CancelledError):
        looking.exception()


def _verdict(reason: str) -> dict[str, object]:
    return {"ok": False, "reason": reason} if reason else {"ok": True}
