"""Anything that already runs (`--base-url`): nothing is known of it but its URL."""

from typing import NoReturn

import pytest

from tests.e2e.targets import Stack


class Remote(Stack):
    name = "base-url"

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self.media = None

    def _out_of_reach(self) -> NoReturn:
        pytest.skip("only a URL was given (--base-url): the processes behind it are out of reach")

    def service_pid(self) -> None:
        return None

    def terminate_service(self) -> None:
        self._out_of_reach()

    def wait_service(self, timeout: float) -> int:  # noqa: ARG002
        self._out_of_reach()

    def restart_service(self) -> None:
        self._out_of_reach()

    def logs(self) -> str:
        return ""

    def stop(self) -> None:
        """Somebody else started it."""
