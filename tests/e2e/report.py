"""Which targets a test run was asked for, which of them can run here, and what came of it."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.targets import Stack
from tests.e2e.targets.remote import Remote

TARGETS = ("service", "local", "compose")


@cache
def lack(target: str) -> str | None:
    """Say what this machine lacks for a target; looking may take a moment, so it is done once."""
    found: str | None = None if target == Remote.name else _module(target).missing()
    return found


def _module(target: str) -> Any:
    return import_module(f"tests.e2e.targets.{target}")


class Report:
    """What pytest's options say about targets, and what came of it."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._seconds: dict[str, float] = {}
        self.figures: list[str] = []
        """What tests have measured, a line each."""

    @property
    def base_url(self) -> str | None:
        given: str | None = self._config.getoption("--base-url", default=None)
        return given

    @cached_property
    def asked_for(self) -> Sequence[str]:
        targets: Sequence[str] | None = self._config.getoption("--target", default=None)
        return [Remote.name] if self.base_url else targets or TARGETS

    @property
    def required(self) -> bool:
        """Whether a target that cannot run is a failure, as in CI, or a skip."""
        return bool(self._config.getoption("--require-targets", default=False) or os.environ.get("CI"))

    def params(self, only: pytest.Mark | None) -> list[Any]:
        """The targets that a test runs on; one of them that is skipped where there is none."""
        fitting = [name for name in self.asked_for if only is None or name in only.args]
        if able := [name for name in fitting if not lack(name)]:
            return able
        reason = f"no target to run on, of those asked for: {', '.join(self.asked_for)}"
        return [pytest.param("none", marks=pytest.mark.skip(reason=reason))]

    def start(self, target: str, media: Path | None, settings: dict[str, str]) -> Stack:
        stack: Stack = Remote(self.base_url) if self.base_url else _module(target).start(media, settings)
        return stack

    @contextmanager
    def running(self, target: str) -> Iterator[None]:
        """Take the time."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._seconds[target] = time.monotonic() - began

    def lines(self) -> list[str]:
        ran = [f"{name}: ran, {seconds:.0f} s" for name, seconds in self._seconds.items()]
        if not ran:
            return []
        absent = [f"{name}: did not run: {lack(name)}" for name in self.asked_for if lack(name)]
        return ran + absent + self.figures
