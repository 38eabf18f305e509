"""What holds for all tests."""

from asyncio import AbstractEventLoop
from collections.abc import Callable, Mapping

import uvloop


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], AbstractEventLoop]]:
    """Run what is asynchronous on the event loop that the service runs on."""
    return {"uvloop": uvloop.new_event_loop}
