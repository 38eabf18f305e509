"""The drain of the service alone: when it says so, when it takes no more connections, when it ends."""

import time
from collections.abc import Iterator

import pytest
import requests

from tests.e2e.conftest import Start
from tests.e2e.targets import Stack
from tests.e2e.targets.process import wait_until
from tests.e2e.viewers import Viewer

pytestmark = [pytest.mark.only("service"), pytest.mark.stage(3)]
DELAY = 2


@pytest.fixture(name="draining")
def _draining(target: Start) -> Iterator[Stack]:
    stack = target(None, {"VIDEO_DRAIN_DELAY": str(DELAY)})
    yield stack
    stack.stop()


def test_not_ready_at_once_and_gone_after_the_delay(draining: Stack) -> None:
    with requests.Session() as session:
        assert session.get(f"{draining.base_url}/readyz", timeout=5).status_code == 200
        began = time.monotonic()
        draining.terminate_service()
        wait_until(lambda: draining.get("/readyz").status_code == 503, 1, "not ready")
        assert not draining.get("/readyz").json()["checks"]["drain"]["ok"]
        answer = session.get(f"{draining.base_url}/video.mp4", timeout=5)  # on the connection that there is
        assert (answer.status_code, answer.headers["Connection"]) == (200, "close")
        assert draining.get("/healthz").status_code == 200
    assert draining.wait_service(10) == 0
    assert DELAY <= time.monotonic() - began < DELAY + 3
    with pytest.raises(requests.ConnectionError):
        draining.get("/readyz")


def test_a_second_signal_ends_it_at_once(draining: Stack) -> None:
    with Viewer(draining.base_url) as viewer:
        viewer.read(1000)
        draining.terminate_service()
        wait_until(lambda: draining.get("/readyz").status_code == 503, 1, "not ready")
        draining.terminate_service()
        assert draining.wait_service(1) == 128 + 15
