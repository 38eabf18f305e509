"""Processes that are killed (-9) under load: what viewers see, and how it goes on by itself."""

import os
import signal
import time

import pytest

from tests.e2e import series
from tests.e2e.client import MEDIA
from tests.e2e.films import MEGABYTE, film, install_and_wait
from tests.e2e.targets import Stack
from tests.e2e.targets.process import wait_until
from tests.e2e.witnesses import Evidence, witnesses

pytestmark = pytest.mark.stage(4)
LOAD = 1.5
"""Seconds of load before and after."""
RECOVERY = 10
"""Seconds within which viewers are served again; it is 1 to 3 on an idle machine."""
BEHIND_NGINX = pytest.mark.only("local", "compose")


@pytest.fixture(name="content", scope="module", autouse=True)
def _content(trial: Stack) -> bytes:
    content = film(seed=51, size=2 * MEGABYTE)
    install_and_wait(trial, content)
    return content


def counted(trial: Stack) -> dict[str, float]:
    text = trial.metrics()
    names = ("video_http_requests_total", "video_planned_bytes_total", "video_delivered_bytes_total")
    return {name: sum(series.value(text, name, route=path) for path in MEDIA) for name in names}


def settled(trial: Stack) -> dict[str, float]:
    wait_until(
        lambda: series.value(trial.metrics(), "video_delivery_log_unread_bytes") == 0, 10, "all is counted"
    )
    time.sleep(trial.metrics_delay)
    return counted(trial)


def unharmed(saw: Evidence) -> None:
    print(saw)  # noqa: T201 (the figures of the README)
    assert not saw.wrong
    assert saw.right > 50


def test_service_killed_and_restarted(trial: Stack, content: bytes) -> None:
    """Nobody is told anything wrong; what nginx knows goes on."""
    with witnesses(trial.direct_url, content) as saw:
        time.sleep(LOAD)
        trial.kill_service()
        trial.revive()
        time.sleep(LOAD)
    unharmed(saw)
    assert saw.longest_gap < RECOVERY


@BEHIND_NGINX
def test_service_killed_counts_nothing_twice(trial: Stack, content: bytes) -> None:
    """Killed three times at any moment of its reading, and the sums are those of the viewers."""
    before = settled(trial)
    with witnesses(trial.direct_url, content) as saw:
        for _ in range(3):
            time.sleep(LOAD / 2)
            trial.kill_service()
            trial.revive()
    unharmed(saw)
    after = settled(trial)
    requests, promised, delivered = (after[name] - before[name] for name in after)
    # nginx counts an answer, too, that ends before anything of it has left
    assert saw.begun <= requests <= saw.begun + saw.unconnected
    assert saw.promised <= promised <= saw.promised + saw.unconnected * len(content)
    assert saw.received <= delivered <= saw.promised


@BEHIND_NGINX
def test_nginx_killed_and_restarted(trial: Stack, content: bytes) -> None:
    """What it had not written is lost: a second's worth. What was counted is not counted again."""
    before = settled(trial)
    with witnesses(trial.direct_url, content) as saw:
        time.sleep(LOAD)
        trial.kill_nginx()
        killed = time.monotonic()
        trial.revive()
        time.sleep(LOAD)
    unharmed(saw)
    assert saw.longest_gap < RECOVERY
    after = settled(trial)
    requests, promised, delivered = (after[name] - before[name] for name in after)
    assert requests <= saw.begun + saw.unconnected
    assert delivered <= promised
    lost = sum(killed - 1.5 < moment < killed for moment in saw.moments)
    assert requests >= saw.right - lost


@BEHIND_NGINX
def test_one_worker_of_nginx_killed(trial: Stack, content: bytes) -> None:
    with witnesses(trial.direct_url, content) as saw:
        time.sleep(LOAD)
        master, *workers = trial.nginx_pids()
        os.kill(workers[0], signal.SIGKILL)
        wait_until(lambda: len(trial.nginx_pids()) > len(workers), 5, f"{master} has a new one")
        time.sleep(LOAD)
    unharmed(saw)
    assert saw.longest_gap < 1


@BEHIND_NGINX
def test_both_killed_and_restarted(trial: Stack, content: bytes) -> None:
    with witnesses(trial.direct_url, content) as saw:
        time.sleep(LOAD)
        trial.kill_service()
        trial.kill_nginx()
        trial.revive()
        time.sleep(LOAD)
    unharmed(saw)
    assert saw.longest_gap < RECOVERY
