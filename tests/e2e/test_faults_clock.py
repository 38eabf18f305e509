"""The clock jumps by an hour, forwards and backwards, under nginx and the service."""

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from tests.e2e import series
from tests.e2e.client import MEDIA, Client
from tests.e2e.clock import clock_in
from tests.e2e.films import LAB_FILM, MEGABYTE, film, install
from tests.e2e.targets import Stack
from tests.e2e.targets.process import wait_until
from tests.e2e.viewers import Viewer
from tests.e2e.witnesses import witnesses

# (there is no libfaketime in the images)
pytestmark = [pytest.mark.stage(4), pytest.mark.only("service", "local")]
HOUR = 3600
CONTENT = film(seed=57, size=4 * MEGABYTE)
JUMPS = (HOUR, 0, -HOUR, 0)
"""Forwards, back, back once more, forwards."""


def test_the_clock_jumps(
    target: Callable[..., Stack], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody notices: each answer is right, nothing hangs, and the lanes are taken again at once."""
    clock = clock_in(tmp_path)
    media = tmp_path / "media"
    media.mkdir()
    install(media, CONTENT, mtime=time.time() - 2 * HOUR)
    for name, value in clock.environment.items():
        monkeypatch.setenv(name, value)
    stack = target(media, {"VIDEO_FEATURED": LAB_FILM})
    for name in clock.environment:
        monkeypatch.delenv(name)
    with Viewer(stack.direct_url) as slow, witnesses(stack.direct_url, CONTENT) as saw:
        beginning = slow.read(10_000)
        for offset in JUMPS:
            clock.jump(offset)
            wait_until(lambda offset=offset: is_off(stack, offset), 5, "the jump is seen")  # type: ignore[misc]
            time.sleep(1)
            follows(stack)
        assert beginning + slow.rest() == CONTENT
    print(saw)  # noqa: T201
    assert saw.right == saw.begun > 100
    assert saw.unconnected == 0
    assert saw.longest_gap < 5


def is_off(stack: Stack, seconds: int) -> bool:
    date = parsedate_to_datetime(stack.get("/healthz").headers["Date"]).timestamp()
    return abs(date - time.time() - seconds) < 60


def follows(stack: Stack) -> None:
    """See that what is new is told from what is old, and is counted, and that nginx sends it itself."""
    assert stack.media
    with Client(stack.base_url) as client:
        tag = client.ask("/video.mp4", {"Range": "bytes=0-9"}).headers["ETag"]
        assert client.ask("/video.mp4", {"If-None-Match": tag}).status_code == 304
    before = counted(stack)
    for path in MEDIA:
        stack.get(path, headers={"Range": "bytes=0-9"})
    wait_until(lambda: counted(stack) >= before + 2, 5, "it is counted")
    if stack.name == "local":
        fast = series.value(stack.metrics(), "video_lane_total", lane="fast")
        wait_until(
            lambda: series.value(stack.metrics(), "video_lane_total", lane="fast") > fast, 5, "nginx sends"
        )


def counted(stack: Stack) -> float:
    return series.value(stack.metrics(), "video_http_requests_total")
