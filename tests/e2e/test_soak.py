"""Mixed load for as long as is wanted (`make soak`): every byte right, and memory flat.

Ranges of all kinds, whole files, HEAD, 304, 416 and those who leave, on both routes.
"""

import statistics
import threading
import time
from dataclasses import dataclass, field

import pytest

from tests.e2e.crowd import Ledger, visits
from tests.e2e.films import MEGABYTE, film, install_and_wait
from tests.e2e.report import Report
from tests.e2e.targets import Stack

pytestmark = pytest.mark.stage(4)
GUESTS = 8
CONTENT = film(seed=58, size=12 * MEGABYTE)
WARM = 0.3
"""The part of the time after which what is kept for use again has been taken."""
FLAT = 16 * MEGABYTE
"""Bytes by which the median of the second half may exceed that of the first, once warm, in so little time."""
FLAT_RATE = 0.5 * MEGABYTE
"""And bytes by which it may grow in a minute, where it takes minutes."""


@dataclass
class Memory:
    """Resident bytes by seconds since the begin."""

    times: list[float] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)

    def note(self, at: float, size: float) -> None:
        self.times.append(at)
        self.sizes.append(size)

    def after(self, begin: float) -> "Memory":
        kept = [(at, size) for at, size in zip(self.times, self.sizes, strict=True) if at >= begin]
        return Memory([at for at, _ in kept], [size for _, size in kept])

    @property
    def slope(self) -> float:
        """Bytes a minute, of the line that fits best."""
        return 60 * statistics.linear_regression(self.times, self.sizes).slope

    @property
    def growth(self) -> float:
        """Bytes between the medians of the first and the second half."""
        half = len(self.sizes) // 2
        return statistics.median(self.sizes[half:]) - statistics.median(self.sizes[:half])


@dataclass
class Watch:
    """Measures a stack every half second, and ends the load when the time is over."""

    stack: Stack
    seconds: int
    over: threading.Event = field(default_factory=threading.Event)
    service: Memory = field(default_factory=Memory)
    nginx: Memory = field(default_factory=Memory)

    def run(self) -> None:
        began = time.monotonic()
        try:
            while (passed := time.monotonic() - began) < self.seconds:
                self.service.note(passed, self.stack.rss())
                self.nginx.note(passed, self.stack.rss_of_nginx())
                time.sleep(0.5)
        finally:
            self.over.set()


def test_every_byte_is_right_and_memory_is_flat(
    trial: Stack, report: Report, request: pytest.FixtureRequest
) -> None:
    seconds: int = request.config.getoption("--soak")
    install_and_wait(trial, CONTENT)
    trial.rss()  # (skips where it cannot be known)
    watch, books = Watch(trial, seconds), Ledger()
    measuring = threading.Thread(target=watch.run, name="watch")
    measuring.start()
    for ledger in visits(trial.direct_url, CONTENT, GUESTS, 1, watch.over):
        books.add(ledger)
    measuring.join()
    memory = {"the service": watch.service, "nginx": watch.nginx}
    settled = {name: of.after(WARM * seconds) for name, of in memory.items() if any(of.sizes)}
    report.figures.append(figures(trial, seconds, books, settled))
    assert {200, 206, 304, 416, 503} >= set(books.statuses)
    assert books.statuses[503] < books.statuses[206] / 100, "too many were turned away"
    for name, of in settled.items():
        assert of.growth < FLAT, name
        assert seconds < 300 or of.slope < FLAT_RATE, name


def figures(trial: Stack, seconds: int, books: Ledger, settled: dict[str, Memory]) -> str:
    slopes = ", ".join(
        f"{name} {statistics.median(of.sizes) / MEGABYTE:.0f} MiB {of.slope / 1024:+.0f} KiB a minute, "
        f"in the last third {of.after(seconds * 2 / 3).slope / 1024:+.0f}"
        for name, of in settled.items()
    )
    requests, received = sum(books.requests.values()), sum(books.received.values()) / 1e9
    return (
        f"soak of {trial.name}: {seconds} s, {requests} requests "
        f"({books.statuses[503]} times 503), {received:.1f} GB; {slopes}"
    )
