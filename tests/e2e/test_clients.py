"""Many clients, slow ones, and ones that leave: all get the right bytes, nobody leaves anything behind."""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.e2e import series
from tests.e2e.client import Client
from tests.e2e.films import LAB_FILM, MEGABYTE, film, replace
from tests.e2e.targets import Stack
from tests.e2e.targets.process import wait_until
from tests.e2e.viewers import Viewer

STALL_TIMEOUT = 5  # of the lab
SLACK = 10
"""Seconds: the kernel's own timer, and two hops instead of one behind nginx."""


@pytest.fixture(name="long_film", autouse=True)
def _long_film(lab: Stack) -> bytes:
    """More than all the socket buffers between file and viewer hold."""
    assert lab.media
    content = film(seed=2, size=64 * MEGABYTE)
    replace(lab, content)
    return content


def open_films(lab: Stack) -> int:
    return sum(LAB_FILM in name for name in lab.open_files())


def in_progress(lab: Stack) -> float:
    return series.value(lab.metrics(), "video_deliveries_in_progress")


@pytest.fixture(name="rests")
def _rests(lab: Stack) -> Callable[[float], None]:
    """Answer with a wait until no more is open and under way than before the test.

    Fewer are all right: the patient viewer reads in the background and may end meanwhile.
    """
    lab.metrics()
    time.sleep(lab.metrics_delay)
    films, deliveries = open_films(lab) + lab.kept_files, in_progress(lab)

    def rests(timeout: float) -> None:
        wait_until(lambda: open_films(lab) <= films, timeout, f"at most {films} open films")
        wait_until(lambda: in_progress(lab) <= deliveries, timeout, f"at most {deliveries} deliveries")

    return rests


def test_a_hundred_at_once(lab: Stack, rests: Callable[[float], None]) -> None:
    assert lab.media
    content = film(seed=3, size=3 * MEGABYTE + 777)
    replace(lab, content)
    barrier = threading.Barrier(100)

    def watch(seed: int) -> bool:
        chance = random.Random(seed)
        with Client(lab.base_url) as client:
            barrier.wait(30)
            right = client.ask("/video.mp4").content == content
            for _ in range(3):
                first, last = sorted(chance.sample(range(len(content)), 2))
                answer = client.ask("/video.mp4", {"Range": f"bytes={first}-{last}"})
                right = right and answer.content == content[first : last + 1]
        return right

    with ThreadPoolExecutor(100) as pool:
        assert list(pool.map(watch, range(100))) == [True] * 100
    rests(10)


def test_slow_viewer_gets_every_byte(lab: Stack, long_film: bytes) -> None:
    """Steady little reads, three times as long as the stall timeout: slow is not stalled."""
    with Viewer(lab.direct_url) as viewer:
        beginning = viewer.dawdle(3 * STALL_TIMEOUT + 1)
        assert len(beginning) < len(long_film) / 4, "that was not slow"
        assert beginning + viewer.rest() == long_film


def test_stalled_viewer_is_cut(lab: Stack, long_film: bytes, rests: Callable[[float], None]) -> None:
    with Viewer(lab.direct_url) as viewer:
        received = len(viewer.read(1000))
        time.sleep(STALL_TIMEOUT + SLACK)
        received += viewer.until_cut()
    assert received < len(long_film)
    rests(5)


def test_stalled_viewer_of_a_short_film_is_cut(lab: Stack) -> None:
    """The service may be done with it long since: whoever holds the viewer's connection has to end it."""
    assert lab.media
    content = film(seed=7, size=400_000)
    replace(lab, content)
    with Viewer(lab.direct_url) as viewer:
        received = len(viewer.read(1000))
        time.sleep(STALL_TIMEOUT + 3)
        assert received + viewer.until_cut() < len(content)


@pytest.mark.parametrize("path", ["/video.mp4", "/chunked_video.mp4"])
def test_viewer_who_leaves_leaves_nothing(lab: Stack, rests: Callable[[float], None], path: str) -> None:
    """Of a film of twenty gigabytes neither the file nor the reading of it goes on."""
    assert lab.media
    replace(lab, lambda file: file.truncate(20 << 30))
    with Viewer(lab.direct_url, path) as viewer:
        viewer.read(100_000)
    assert lab.get("/healthz", timeout=5).status_code == 200, "nobody else has to wait for it"
    rests(5)


def test_aborted_delivery_counts_what_was_sent(lab: Stack, long_film: bytes) -> None:
    """Delivered is less than planned, and the outcome says so."""
    before = lab.metrics()
    with Viewer(lab.direct_url) as viewer:
        viewer.read(100_000)

    def grown(sample: str, **labels: str) -> float:
        return series.value(lab.metrics(), sample, **labels) - series.value(before, sample, **labels)

    aborted = {"route": "/video.mp4", "outcome": "aborted"}
    wait_until(lambda: grown("video_deliveries_total", **aborted) >= 1, 5, "one more aborted delivery")
    assert grown("video_planned_bytes_total", route="/video.mp4") >= len(long_film)
    assert grown("video_delivered_bytes_total", route="/video.mp4") < len(long_film)


def test_memory_does_not_grow_over_many_who_leave(lab: Stack, rests: Callable[[float], None]) -> None:
    def come_and_go(times: int) -> None:
        for _ in range(times):
            with Viewer(lab.direct_url) as viewer:
                viewer.read(50_000)
        rests(10)

    come_and_go(100)
    before = lab.rss()
    come_and_go(400)
    assert lab.rss() - before < 8 * MEGABYTE


def test_memory_per_viewer_is_bounded(lab: Stack, rests: Callable[[float], None]) -> None:
    """Forty who read the beginning and then nothing cost a block or two each, not a film each."""
    before = lab.rss()
    with ExitStack() as room:
        for _ in range(40):
            room.enter_context(Viewer(lab.direct_url)).read(1000)
        wait_until(lambda: in_progress(lab) >= 40, 5, "forty deliveries in progress")
        assert lab.rss() - before < 40 * MEGABYTE
    rests(10)
