"""Limits: who is refused and with what words, and that nobody else notices."""

import http.client
import socket
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.e2e import series
from tests.e2e.client import rules_of_the_house
from tests.e2e.conftest import Start
from tests.e2e.films import LAB_FILM, MEGABYTE, film, install
from tests.e2e.targets import Stack
from tests.e2e.targets.process import wait_until
from tests.e2e.viewers import Viewer

SIZE = 16 * MEGABYTE
RATE = 4 * MEGABYTE
EACH, ALL = 2, 3
LIMITS = {
    "VIDEO_FEATURED": LAB_FILM,
    "VIDEO_MAX_DELIVERIES_PER_CLIENT": str(EACH),
    "VIDEO_MAX_DELIVERIES": str(ALL),
    "VIDEO_RATE_LIMIT": str(RATE),
    "VIDEO_MAX_REQUEST_RATE": "50",
    "VIDEO_HEADER_TIMEOUT": "1",
    "VIDEO_MAX_URI_SIZE": "1000",
}
# whatever the tests' own address is on each of the targets
EVERY_PEER = "127.0.0.0/8, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16"
LANES = [
    ("/video.mp4", {}),
    ("/video.mp4", {"Range": "bytes=200-1000"}),
    ("/video.mp4", {"Range": "bytes=0-1,5-6"}),
    ("/video.mp4", {"If-None-Match": '"other"'}),
    ("/chunked_video.mp4", {"Range": "bytes=0-300000"}),
    (f"/videos/{LAB_FILM}", {}),
]


def content() -> bytes:
    return film(seed=7, size=SIZE)


@pytest.fixture(scope="module", name="folder")
def _folder(request: pytest.FixtureRequest) -> Iterator[Path]:
    if request.config.getoption("--base-url", default=None):
        pytest.skip("only a URL was given (--base-url): its settings are out of reach")
    with tempfile.TemporaryDirectory(prefix="video-limits-") as name:
        Path(name).chmod(0o755)
        install(Path(name), content())
        yield Path(name)


@pytest.fixture(scope="module", name="limited")
def _limited(target: Start, folder: Path) -> Iterator[Stack]:
    """Everybody who asks is a proxy here, and says for whom."""
    stack = target(folder, LIMITS | {"VIDEO_TRUSTED_PROXIES": EVERY_PEER})
    yield stack
    stack.stop()


@pytest.fixture(scope="module", name="trustless")
def _trustless(target: Start, folder: Path) -> Iterator[Stack]:
    stack = target(folder, LIMITS)
    yield stack
    stack.stop()


def of(client: str) -> dict[str, str]:
    return {"X-Forwarded-For": client}


def watch(stack: Stack, client: str) -> Viewer:
    """Begin to watch, once there is room, and read nothing for now."""
    begun: list[Viewer] = []

    def begins() -> bool:
        viewer = Viewer(stack.direct_url, headers=of(client))
        if viewer.status == 200:
            begun.append(viewer)
            return True
        viewer.leave()
        return False

    wait_until(begins, 10, "there is room")
    return begun[0]


def ask(stack: Stack, path: str, fields: dict[str, str]) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        response = session.get(stack.direct_url + path, headers=fields, timeout=10)
    rules_of_the_house(response)
    return response


def refused(stack: Stack, reason: str) -> float:
    return series.value(stack.metrics(), "video_refused_total", reason=reason)


def test_a_delivery_too_many_is_refused_in_every_lane_and_the_others_go_on(limited: Stack) -> None:
    before = refused(limited, "client_deliveries")
    with ExitStack() as watching:
        viewers = [watching.enter_context(watch(limited, "203.0.113.1")) for _ in range(EACH)]
        for path, fields in LANES:
            response = ask(limited, path, fields | of("203.0.113.1"))
            assert (response.status_code, response.headers["Retry-After"]) == (429, "2")
            assert response.headers["Cache-Control"] == "no-store"
            assert "deliveries to your address" in response.text
        with ThreadPoolExecutor(EACH) as pool:
            assert all(body == content() for body in pool.map(Viewer.rest, viewers))
    after = before + len(LANES)
    wait_until(lambda: refused(limited, "client_deliveries") == after, 5, "each of them is counted")


def test_no_refusal_is_a_delivery(limited: Stack) -> None:
    with watch(limited, "203.0.113.2"), watch(limited, "203.0.113.2"):
        ask(limited, "/video.mp4", of("203.0.113.2"))
    time.sleep(limited.metrics_delay)
    assert series.value(limited.metrics(), "video_deliveries_total", status="429") == 0
    labels = {"route": "/video.mp4", "method": "GET", "status": "429"}
    assert series.value(limited.metrics(), "video_http_requests_total", **labels) > 0


def test_another_client_is_served_meanwhile(limited: Stack) -> None:
    with watch(limited, "203.0.113.3"), watch(limited, "203.0.113.3"):
        assert (
            ask(limited, "/video.mp4", {"Range": "bytes=0-9"} | of("203.0.113.4")).content == content()[:10]
        )


def test_when_all_room_is_taken_nobody_else_is_served(limited: Stack) -> None:
    before = refused(limited, "deliveries")
    with ExitStack() as watching:
        for number in range(ALL):
            watching.enter_context(watch(limited, f"203.0.113.{10 + number}"))
        response = ask(limited, "/video.mp4", of("203.0.113.20"))
        assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
        assert "this origin has room for" in response.text
        assert ask(limited, "/healthz", {}).status_code == 200
    wait_until(lambda: refused(limited, "deliveries") == before + 1, 5, "it is counted")


def test_the_addresses_of_an_ipv6_network_are_one_client(limited: Stack) -> None:
    with watch(limited, "2001:db8:0:1::1"), watch(limited, "2001:db8:0:1:ffff::2"):
        assert ask(limited, "/video.mp4", of("2001:db8:0:1::3")).status_code == 429
        assert ask(limited, "/video.mp4", {"Range": "bytes=0-9"} | of("2001:db8:0:2::1")).status_code == 206


def test_what_a_client_says_of_itself_to_a_trusted_proxy_changes_nothing(limited: Stack) -> None:
    with watch(limited, "203.0.113.5"), watch(limited, "198.51.100.1, 203.0.113.5"):
        assert ask(limited, "/video.mp4", of("198.51.100.2, 203.0.113.5")).status_code == 429


def test_a_forged_address_changes_nothing(trustless: Stack) -> None:
    with watch(trustless, "203.0.113.1"), watch(trustless, "203.0.113.2"):
        assert ask(trustless, "/video.mp4", of("203.0.113.3")).status_code == 429


@pytest.mark.only("service", "local")
def test_two_addresses_are_two_clients(trustless: Stack) -> None:
    with watch(trustless, "-"), watch(trustless, "-"):
        address = urlsplit(trustless.base_url)
        other = http.client.HTTPConnection(address.netloc, timeout=10, source_address=("127.0.0.2", 0))
        other.request("GET", "/video.mp4", headers={"Range": "bytes=0-9"})
        assert other.getresponse().read() == content()[:10]
        other.close()


def test_a_delivery_is_no_faster_than_its_rate(limited: Stack) -> None:
    """The bytes of the first second may come at once."""
    began = time.monotonic()
    with Viewer(limited.direct_url, headers=of("203.0.113.6"), window=None) as viewer:
        assert viewer.rest() == content()
    assert time.monotonic() - began > SIZE / RATE - 1.2


def test_who_asks_too_often_is_refused_for_a_moment(limited: Stack) -> None:
    before = refused(limited, "client_requests")
    connection = http.client.HTTPConnection(urlsplit(limited.direct_url).netloc, timeout=10)
    statuses, retries = [], set()
    for _ in range(200):
        connection.request("GET", "/version", headers=of("203.0.113.7"))
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
        retries.add(answer.headers["Retry-After"])
    connection.close()
    assert set(statuses[:50]) == {200}
    assert set(statuses) == {200, 429}
    assert retries == {None, "1"}
    after = before + statuses.count(429)
    wait_until(lambda: refused(limited, "client_requests") == after, 5, "each of them is counted")


def test_a_request_that_trickles_in_is_given_up(limited: Stack) -> None:
    before = refused(limited, "slow_request")
    address = urlsplit(limited.direct_url)
    began = time.monotonic()
    with socket.create_connection((address.hostname or "", address.port or 80), timeout=10) as client:
        client.sendall(b"GET /video.mp4 HTTP/1.1\r\nHost: a\r\n")
        try:
            said = client.recv(1000)
        except ConnectionResetError:  # nginx's way
            said = b""
    assert said == b"" or said.startswith(b"HTTP/1.1 408 ")
    assert 0.5 < time.monotonic() - began < 5
    wait_until(lambda: refused(limited, "slow_request") == before + 1, 5, "it is counted")


def test_a_long_uri_is_refused(limited: Stack) -> None:
    before = refused(limited, "uri_size")
    assert ask(limited, f"/video.mp4?{'a' * 2000}", {}).status_code == 414
    assert ask(limited, f"/video.mp4?{'a' * 900}", {"Range": "bytes=0-9"}).status_code == 206
    wait_until(lambda: refused(limited, "uri_size") == before + 1, 5, "it is counted")


def test_the_limits_are_told(limited: Stack) -> None:
    assert series.value(limited.metrics(), "video_limit", setting="max_deliveries_per_client") == EACH
    assert series.value(limited.metrics(), "video_limit", setting="max_deliveries") == ALL
