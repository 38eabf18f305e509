"""A disk without room for the delivery log."""

import contextlib
import time
from collections.abc import Iterator

import pytest

from tests.e2e import series
from tests.e2e.breakage import needs_root
from tests.e2e.films import MEGABYTE, film, install_and_wait
from tests.e2e.targets import Stack
from tests.e2e.targets.process import wait_until
from tests.e2e.witnesses import witnesses

# (elsewhere the log is on the machine's own disk, which is not a test's to fill)
pytestmark = [pytest.mark.stage(4), pytest.mark.only("compose")]
A_WHILE = 3.0
REQUESTS = 50


@pytest.fixture(name="content", scope="module", autouse=True)
def _content(trial: Stack) -> bytes:
    needs_root()
    content = film(seed=57, size=2 * MEGABYTE)
    install_and_wait(trial, content)
    return content


@contextlib.contextmanager
def no_room(trial: Stack) -> Iterator[None]:
    """Fill the volume of the log to its last byte."""
    ballast = trial.folder_of_nginx("log/ballast")
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(MEGABYTE)):
            pass
    try:
        yield
    finally:
        ballast.unlink()


def requests(trial: Stack) -> float:
    return series.value(trial.metrics(), "video_http_requests_total", route="/video.mp4")


def test_no_room_for_the_log(trial: Stack, content: bytes) -> None:
    """Viewers do not feel it; what does not fit is not counted, and with room counting goes on."""
    with no_room(trial), witnesses(trial.direct_url, content) as saw:
        time.sleep(A_WHILE)
    print(saw)  # noqa: T201 (the figures of the README)
    assert saw.right == saw.begun > 50
    trial.get("/video.mp4", headers={"Range": "bytes=0-0"})  # (its line may end one that was torn)
    time.sleep(2 * trial.metrics_delay)
    before = requests(trial)
    for _ in range(REQUESTS):
        assert trial.get("/video.mp4", headers={"Range": "bytes=0-9"}).content == content[:10]
    wait_until(lambda: requests(trial) == before + REQUESTS, 10, "counting goes on")
