"""The service is replaced while it is in use: no request is lost, no download cut, no count wrong.

Every kind of request goes on meanwhile, on kept connections, and downloads that began before are so slow that
they still run in the service that ends.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.e2e import series
from tests.e2e.alarms import alarms
from tests.e2e.films import MEGABYTE, film, install_and_wait
from tests.e2e.round import Books, asking
from tests.e2e.targets import Stack
from tests.e2e.targets.process import wait_until
from tests.e2e.viewers import Viewer

pytestmark = [pytest.mark.only("local", "compose"), pytest.mark.stage(3)]

SIZE = 8 * MEGABYTE
LONG = [{}, {"If-Match": "*"}, {"Range": f"bytes=0-{SIZE - 1}", "If-Match": "*"}]
"""Downloads by nginx and, twice, by the service."""


def counted(lab: Stack, name: str, route: str) -> float:
    return series.value(lab.metrics(), name, route=route)


def finish(viewer: Viewer, slowly: float) -> bytes:
    return viewer.dawdle(slowly) + viewer.rest()


def replaced_under_load(lab: Stack, replace: Callable[[], None], slowly: float) -> Books:
    """Replace the service while everything is asked for; the downloads are slow for so many seconds."""
    content = film(seed=51, size=SIZE)
    install_and_wait(lab, content)
    time.sleep(lab.metrics_delay)
    before = lab.metrics()
    alarmed = alarms(lab)
    with ExitStack() as stack, ThreadPoolExecutor(len(LONG)) as pool:
        viewers = [stack.enter_context(Viewer(lab.direct_url, headers=fields)) for fields in LONG]
        downloads = [pool.submit(finish, viewer, slowly) for viewer in viewers]
        with asking(lab, content) as books:
            time.sleep(1)
            replace()
            time.sleep(3)
        assert all(download.result() == content for download in downloads)
    assert not books.wrong, (len(books.wrong), books.wrong[:5])
    # (a scrape does not wait for an address that has just vanished)
    wait_until(lambda: lab.get("/metrics").status_code == 200, 15, "metrics")
    books.answers["/video.mp4"] += len(LONG)
    books.received["/video.mp4"] += len(LONG) * SIZE
    for route, answers in books.answers.items():
        requests = answers + series.value(before, "video_http_requests_total", route=route)
        wait_until(
            lambda: counted(lab, "video_http_requests_total", route) == requests,  # noqa: B023
            10,
            f"{requests} answers counted at {route}",
        )
        delivered = series.value(before, "video_delivered_bytes_total", route=route)
        assert counted(lab, "video_delivered_bytes_total", route) == delivered + books.received[route]
    assert alarms(lab)[len(alarmed) :] == []
    return books


def test_a_replacement_in_place_loses_nothing(lab: Stack) -> None:
    """What nginx cannot answer itself waits until the new one is there."""
    books = replaced_under_load(lab, lab.replace_service, slowly=2)
    assert 1 < books.slowest < 25


@pytest.mark.only("compose")
def test_a_roll_loses_nothing_and_nobody_waits(lab: Stack) -> None:
    """Two replicas, one after the other."""
    old = lab.service_pid()
    books = replaced_under_load(lab, lab.roll, slowly=14)
    assert lab.service_pid() != old
    assert books.slowest < 5


@pytest.mark.only("compose")
def test_nginx_finishes_its_downloads(lab: Stack) -> None:
    content = film(seed=52, size=SIZE)
    install_and_wait(lab, content)
    try:
        with ExitStack() as stack:
            viewers = [stack.enter_context(Viewer(lab.direct_url, headers=fields)) for fields in LONG]
            with ThreadPoolExecutor(1) as pool:
                stopping = pool.submit(lab.stop_nginx)
                beginnings = [viewer.dawdle(1) for viewer in viewers]
                assert not stopping.done()
                assert all(
                    beginning + viewer.rest() == content
                    for beginning, viewer in zip(beginnings, viewers, strict=True)
                )
                assert stopping.result() == 0
    finally:
        lab.start_nginx()
