"""SIGTERM: what runs is finished, what is new is turned away, and nobody can hold the end up for ever."""

import time
from collections.abc import Iterator

import pytest
import requests

from tests.e2e.alarms import alarms
from tests.e2e.films import MEGABYTE, film, replace
from tests.e2e.targets import Stack
from tests.e2e.targets.process import answers, wait_until
from tests.e2e.viewers import Viewer

pytestmark = pytest.mark.stage(3)  # nobody else's downloads may run
DRAIN_TIMEOUT = 20  # of the lab


@pytest.fixture(name="content", autouse=True)
def _content(lab: Stack) -> Iterator[bytes]:
    """Make a film for the lab, whose service is brought back after each test."""
    assert lab.media
    content = film(seed=2, size=64 * MEGABYTE)
    replace(lab, content)
    yield content
    lab.restart_service()


def turned_away(lab: Stack) -> bool:
    """Refused by the service alone, 503 behind nginx (which goes on with the films that it knows)."""
    try:
        return lab.get("/healthz").status_code == 503
    except requests.ConnectionError:
        return True


def test_download_is_finished(lab: Stack, content: bytes) -> None:
    before = alarms(lab)
    with Viewer(lab.direct_url) as viewer:
        beginning = viewer.read(100_000)
        lab.terminate_service()
        wait_until(lambda: turned_away(lab), 5, "new requests are turned away")
        slowly = viewer.dawdle(2)
        assert beginning + slowly + viewer.rest() == content
    assert lab.wait_service(DRAIN_TIMEOUT) == 0
    assert alarms(lab) == before


def test_idle_service_ends_at_once(lab: Stack) -> None:
    with requests.Session() as session:  # a kept-alive connection is no reason to wait
        session.get(f"{lab.base_url}/healthz", timeout=5)
        lab.terminate_service()
        assert lab.wait_service(5) == 0


def test_stalled_viewer_does_not_hold_it_up(lab: Stack) -> None:
    with Viewer(lab.direct_url) as viewer:
        viewer.read(1000)
        began = time.monotonic()
        lab.terminate_service()
        assert lab.wait_service(DRAIN_TIMEOUT + 5) == 0
        assert time.monotonic() - began < DRAIN_TIMEOUT + 5


def test_new_service_is_found_again(lab: Stack, content: bytes) -> None:
    lab.terminate_service()
    lab.wait_service(DRAIN_TIMEOUT)
    assert turned_away(lab)
    lab.restart_service()
    wait_until(lambda: answers(f"{lab.base_url}/video.mp4"), 10, "the new service is found")
    with Viewer(lab.direct_url, window=None) as viewer:
        assert viewer.rest() == content
