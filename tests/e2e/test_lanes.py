"""nginx's lanes: that they are taken, that they follow the films, and what they do without the service."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.e2e import series
from tests.e2e.client import MEDIA, Client
from tests.e2e.films import film, install, install_and_wait, replace
from tests.e2e.targets import Stack
from tests.e2e.targets.process import wait_until

pytestmark = [pytest.mark.only("local", "compose"), pytest.mark.stage(1)]

LENGTH = 300_000
PROMPTLY = 5.0
"""Seconds within which an answer comes that nginx can give."""
PATIENTLY = 40.0
"""Seconds within which it gives up waiting for the service."""
UNKNOWN: list[tuple[str, dict[str, str]]] = [
    ("/version", {}),
    ("/video.mp4", {"Range": "bytes=0-1,5-6"}),
    ("/chunked_video.mp4", {"Range": "bytes=501-"}),
]

ASKED = [
    ("GET", "/video.mp4", {}, "fast"),
    ("GET", "/video.mp4?t=5", {"Range": "bytes=0-9"}, "fast"),
    ("GET", "/video.mp4", {"Range": "bytes=-9"}, "fast"),
    ("GET", "/chunked_video.mp4", {}, "fast"),
    ("GET", "/chunked_video.mp4", {"Range": "bytes=10-"}, "chunk"),
    ("HEAD", "/video.mp4", {}, "exact"),
    ("GET", "/video.mp4", {"Range": "bytes=0-1,5-6"}, "exact"),
    ("GET", "/video.mp4", {"Range": f"bytes={LENGTH}-"}, "fast"),
    ("GET", "/chunked_video.mp4", {"Range": "bytes=0-99999"}, "fast"),  # not more than the cap
    ("GET", "/chunked_video.mp4", {"Range": "bytes=0-100000"}, "chunk"),
    ("GET", "/chunked_video.mp4", {"Range": f"bytes={LENGTH}-"}, "exact"),
    ("GET", "/video.mp4", {"If-None-Match": "*"}, "exact"),
]


@pytest.fixture(name="content", scope="module")
def _content(lab: Stack) -> bytes:
    """Install a film for the tests that do not replace it, which come first."""
    content = film(seed=21, size=LENGTH)
    install_and_wait(lab, content)
    return content


def lanes(lab: Stack) -> dict[str, float]:
    text = lab.metrics()
    return {lane: series.value(text, "video_lane_total", lane=lane) for lane in ("fast", "chunk", "exact")}


@pytest.mark.usefixtures("content")
@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_a_request_takes_its_lane(
    lab: Stack, lab_client: Client, asked: tuple[str, str, dict[str, str], str]
) -> None:
    method, path, headers, lane = asked
    time.sleep(lab.metrics_delay)
    before = lanes(lab)
    lab_client.ask(path, headers, method)
    expected = before | {lane: before[lane] + 1}
    wait_until(lambda: lanes(lab) == expected, 5, f"one more in the {lane} lane, and in no other")


def test_if_range_of_a_browser_stays_in_its_lane(lab: Stack, lab_client: Client, content: bytes) -> None:
    """Browsers send it with every seek: the entity-tag that they know."""
    for path, lane in zip(MEDIA, ("fast", "chunk"), strict=True):
        tag = lab_client.ask(path, {"Range": "bytes=0-9"}).headers["ETag"]
        time.sleep(lab.metrics_delay)
        before = lanes(lab)[lane]
        response = lab_client.ask(path, {"Range": "bytes=299998-", "If-Range": tag})
        assert (response.status_code, response.content) == (206, content[299998:])
        wait_until(lambda: lanes(lab)[lane] == before + 1, 5, f"one more in the {lane} lane")  # noqa: B023


def test_a_capped_range_from_the_cache_is_the_same(lab_client: Client, content: bytes) -> None:
    for first in range(1000, 1020):
        answers = [lab_client.ask("/chunked_video.mp4", {"Range": f"bytes={first}-"}) for _ in range(5)]
        assert {answer.content for answer in answers} == {content[first : first + 100_000]}
        assert {answer.headers["Content-Range"] for answer in answers} == {
            f"bytes {first}-{first + 99_999}/{LENGTH}"
        }


def test_without_the_service_nginx_goes_on_with_what_it_knows(lab: Stack, content: bytes) -> None:
    chunk = {"Range": "bytes=500-"}
    for path in MEDIA:
        lab.get(path, headers=chunk)
    lab.terminate_service()
    lab.wait_service(20)
    try:
        for _ in range(3):
            for path, expected in zip(MEDIA, (content[500:], content[500:100_500]), strict=True):
                answer = lab.get(path, headers=chunk, timeout=PROMPTLY)
                assert (answer.status_code, answer.content) == (206, expected)
            assert lab.get("/chunked_video.mp4", timeout=PROMPTLY).content == content
            time.sleep(2)  # beyond the decision's lifetime
        with ThreadPoolExecutor(len(UNKNOWN)) as pool:
            for answer in pool.map(
                lambda asked: lab.get(asked[0], headers=asked[1], timeout=PATIENTLY), UNKNOWN
            ):
                assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    finally:
        lab.restart_service()
    assert lab.get("/chunked_video.mp4", headers={"Range": "bytes=501-"}).content == content[501:100_501]


def test_a_film_that_is_being_written_is_not_for_nginx(lab: Stack, lab_client: Client) -> None:
    assert lab.media
    end = time.monotonic() + lab.decision_lifetime + 1
    while time.monotonic() < end:
        replace(lab, film(seed=22, size=LENGTH), mtime=time.time())
        lab_client.ask("/video.mp4", {"Range": "bytes=0-9"})
        time.sleep(0.2)
    time.sleep(lab.metrics_delay)
    replace(lab, film(seed=22, size=LENGTH), mtime=time.time())
    before = lanes(lab)["exact"]
    lab_client.ask("/video.mp4", {"Range": "bytes=0-9"})
    wait_until(lambda: lanes(lab)["exact"] == before + 1, 5, "one more for the service")


def test_films_are_never_mixed_while_they_are_replaced(lab: Stack) -> None:
    """Each answer is of one version, the one that its entity-tag names, and none is older than allowed."""
    assert lab.media
    versions = {number: film(seed=30 + number, size=LENGTH + number) for number in range(12)}
    contents = {len(content): content for content in versions.values()}
    replaced: dict[int, float] = {}
    done = threading.Event()

    def replace() -> None:
        assert lab.media
        for content in versions.values():
            install(lab.media, content)
            for older in contents:
                if older < len(content):
                    replaced.setdefault(older, time.monotonic())
            time.sleep(0.7)
        done.set()

    def watch(seed: int) -> int:
        answers = 0
        with requests.Session() as session:
            session.trust_env = False
            while not done.is_set():
                path, first = MEDIA[answers % 2], (answers * 7919 + seed) % LENGTH
                headers = {"Range": f"bytes={first}-{first + 5000}"} if answers % 5 else {}
                began = time.monotonic()
                answer = session.get(lab.base_url + path, headers=headers, timeout=30)
                size = int(answer.headers["ETag"].strip('"').rpartition("-")[2], 16)
                expected = contents[size][first : first + 5001] if headers else contents[size]
                assert answer.content == expected
                late = began - replaced.get(size, began)
                assert late <= lab.decision_lifetime + 0.5, f"{late:.1f} s old"
                answers += 1
        return answers

    install_and_wait(lab, versions[0])
    with ThreadPoolExecutor(9) as pool:
        pool.submit(replace)
        assert min(pool.map(watch, range(8))) > 20


def test_a_film_that_became_shorter_has_no_range_behind_its_end(lab: Stack) -> None:
    """Within the decision's lifetime nginx finds that out itself, and no cache keeps its answer."""
    assert lab.media
    install_and_wait(lab, film(seed=39, size=LENGTH))
    replace(lab, film(seed=40, size=1000))
    response = lab.get("/video.mp4", headers={"Range": "bytes=200000-"})
    assert response.status_code == 416
    assert response.headers["Content-Range"] == "bytes */1000"
    assert "no-store" in response.headers["Cache-Control"]
