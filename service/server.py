"""Hypercorn, set up for long downloads: one process, one event loop, bounded in everything but time."""

import asyncio
import errno
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config, Sockets
from hypercorn.typing import ASGIFramework
from uvloop import new_event_loop

from service.delivery.accounting import Observer
from service.drain import Drain
from service.errors import ConfigurationError
from service.protocol import ProtocolConfig, install
from service.settings import Settings

_BACKLOG = 2048  # connections: where a burst of viewers waits, within the kernel's net.core.somaxconn
_MAX_UNSENT = 128 * 1024  # bytes
_MAX_REQUESTS_PER_CONNECTION = 1_000_000  # a proxy's connections are meant to last

_ENDING = (signal.SIGTERM, signal.SIGINT)
_GONE = {errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EPIPE, errno.ECONNRESET}


class ServerConfig(ProtocolConfig):
    """Hypercorn's configuration made from ours."""

    def __init__(self, settings: Settings, observers: Sequence[Observer] = ()) -> None:
        super().__init__()
        self.observers = observers
        self._stall_timeout = settings.stall_timeout
        self.bind = [settings.bind]
        self.backlog = _BACKLOG
        self.graceful_timeout = settings.drain_timeout
        self.keep_alive_timeout = settings.keep_alive_timeout
        self.keep_alive_max_requests = _MAX_REQUESTS_PER_CONNECTION
        self.header_timeout = settings.header_timeout
        self.max_target = settings.max_uri_size
        # what nginx has let through, and the fields that it adds itself, are not refused here once more
        self.h11_max_incomplete_size = settings.max_header_size * (2 if settings.behind_nginx else 1)
        self.include_server_header = False
        self.accesslog = None  # ours costs less and says more
        self.errorlog = logging.getLogger("hypercorn.error")

    def create_sockets(self) -> Sockets:
        """Listen, on sockets that bound what a client that does not read can cost, in time and in memory.

        Hypercorn has no write timeout of its own: without TCP_USER_TIMEOUT such a client would hold its task
        and its file for ever, and the shutdown too. TCP_NOTSENT_LOWAT bounds what waits in the kernel, which
        would else take in megabytes for each. Accepted sockets inherit both.
        """
        try:
            sockets = super().create_sockets()
        except OSError as error:
            raise ConfigurationError([f"cannot listen on VIDEO_BIND={self.bind[0]}: {error}"]) from error
        if sys.platform == "linux":
            for listening in sockets.insecure_sockets:
                milliseconds = self._stall_timeout * 1000
                listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
                listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _MAX_UNSENT)
        return sockets


def run(app: ASGIFramework, settings: Settings, observers: Sequence[Observer], drain: Drain) -> None:
    """Serve until SIGTERM or SIGINT, which begins the `drain`.

    New connections are taken for the drain delay more; then what runs may finish within the drain timeout. A
    second signal ends the process at once.
    """
    install()
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(app, settings, ServerConfig(settings, observers), drain))


async def _serve(app: ASGIFramework, settings: Settings, config: Config, drain: Drain) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_exception)
    for number in _ENDING:
        loop.add_signal_handler(number, _begin, loop, config, drain)

    async def delayed() -> None:
        await drain.begun()
        await asyncio.sleep(settings.drain_delay)

    await serve(app, config, shutdown_trigger=delayed)


def _begin(loop: asyncio.AbstractEventLoop, config: Config, drain: Drain) -> None:
    for number in _ENDING:  # (process 1 of a container would ignore a signal without a handler)
        loop.add_signal_handler(number, os._exit, 128 + number)
    config.keep_alive_max_requests = 0  # from now on every answer says `Connection: close`
    drain.begin()


def _log_exception(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    # a client that vanished is no error of ours
    error = context.get("exception")
    cut_by_the_drain = isinstance(error, asyncio.CancelledError)
    if not cut_by_the_drain and not (isinstance(error, OSError) and error.errno in _GONE):
        loop.default_exception_handler(context)
