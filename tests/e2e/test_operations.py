"""What operators look at: health, readiness, and metrics that tell the truth about what was delivered."""

import itertools
import time

import pytest

from tests.e2e import series
from tests.e2e.client import MEDIA, Client
from tests.e2e.targets import Stack
from tests.e2e.targets.process import wait_until

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
PROMISED = {
    "video_http_requests", "video_delivered_bytes", "video_planned_bytes", "video_deliveries",
    "video_delivery_seconds", "video_first_byte_seconds", "video_deliveries_in_progress",
    "video_build_info", "process_resident_memory_bytes", "process_open_fds", "python_info",
}  # fmt: skip
ASKED = [
    ("GET", {}),
    ("GET", {"Range": "bytes=0-"}),
    ("GET", {"Range": "bytes=200-1000"}),
    ("GET", {"Range": "bytes=0-0"}),
    ("GET", {"Range": "bytes=0-0,-1"}),
    ("GET", {"Range": "bytes=999999-"}),
    ("GET", {"If-None-Match": "*"}),
    ("GET", {"If-Match": '"other"'}),
    ("HEAD", {}),
    ("HEAD", {"Range": "bytes=200-1000"}),
]


def test_healthz(client: Client) -> None:
    response = client.ask("/healthz")
    assert response.status_code == 200
    assert response.text.strip() == "ok"


@pytest.mark.parametrize("path", ["/readyz", "/version"])
def test_operations_answer(client: Client, path: str) -> None:
    assert client.ask(path).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_nobody_keeps_an_old_state(client: Client, path: str) -> None:
    assert "no-store" in client.ask(path).headers["Cache-Control"]


def test_readyz_says_each_check(client: Client) -> None:
    response = client.ask("/readyz")
    assert response.headers["Content-Type"] == "application/json"
    checks = {name: {"ok": True} for name in ("media", "library", "drain")}
    assert response.json() == {"status": "ready", "checks": checks}


def test_the_build_is_told(client: Client) -> None:
    assert client.ask("/version").json().keys() == {"version", "revision", "created"}


def test_metrics_as_prometheus_text(client: Client) -> None:
    response = client.ask("/metrics")
    assert response.headers["Content-Type"].startswith("text/plain; version=")
    names = {family.name for family in series.families(response.text)}
    assert names >= PROMISED


def test_metrics_as_openmetrics(client: Client) -> None:
    response = client.ask("/metrics", {"Accept": OPENMETRICS})
    assert response.headers["Content-Type"].startswith(OPENMETRICS)
    assert response.text.endswith("# EOF\n")
    names = {family.name for family in series.open_families(response.text)}
    assert {name.removesuffix("_info") for name in names} >= {name.removesuffix("_info") for name in PROMISED}


def test_prometheus_own_accept_header(client: Client) -> None:
    accept = (
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
        "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
    )
    assert list(series.open_families(client.ask("/metrics", {"Accept": accept}).text))


@pytest.fixture(scope="module")
def counted_up(stack: Stack) -> None:
    """What others have asked for before is in the metrics."""
    time.sleep(stack.metrics_delay)


@pytest.mark.usefixtures("counted_up")
@pytest.mark.parametrize("path", MEDIA)
@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_delivered_bytes_are_counted_exactly(
    client: Client, stack: Stack, path: str, asked: tuple[str, dict[str, str]]
) -> None:
    """What the counter grows by is what the client has received, neither more nor less."""
    method, headers = asked

    def counted(name: str, **labels: str) -> float:
        return series.value(stack.metrics(), name, route=path, **labels)

    requests, delivered = (
        counted("video_http_requests_total", method=method),
        counted("video_delivered_bytes_total"),
    )
    received = len(client.ask(path, headers, method).content)
    # A client has the last byte a moment before the server knows that it was the last.
    wait_until(
        lambda: counted("video_http_requests_total", method=method) == requests + 1,
        5,
        "one more request counted",
    )
    assert counted("video_delivered_bytes_total") == delivered + received


def test_requests_are_counted_by_route_method_and_status(client: Client, stack: Stack) -> None:
    labels = {"route": "/video.mp4", "method": "GET", "status": "206"}
    before = series.value(stack.metrics(), "video_http_requests_total", **labels)
    for first in range(5):
        client.ask("/video.mp4", {"Range": f"bytes={first}-"})
    after = before + 5
    wait_until(
        lambda: series.value(stack.metrics(), "video_http_requests_total", **labels) == after, 5, "5 more 206"
    )


def test_strangers_make_no_series(client: Client, stack: Stack) -> None:
    """A thousand paths, fifty methods and fifty hosts, and the exposition does not grow by them."""
    client.ask("/nothing/0")
    client.ask("/video.mp4", method="BREW")
    stack.metrics()
    time.sleep(stack.metrics_delay)
    before = series.count(stack.metrics())
    for number in range(1000):
        client.ask(f"/nothing/{number}?{number}")
    for letters in itertools.product("ABCDEFG", repeat=2):
        name = "".join(letters)
        client.ask("/video.mp4", {"Host": f"host-{name}", "User-Agent": name}, method=f"BREW{name}")
    assert series.count(stack.metrics()) <= before + 2


def test_nothing_is_in_progress_at_rest(stack: Stack) -> None:
    wait_until(
        lambda: series.value(stack.metrics(), "video_deliveries_in_progress") == 0, 5, "all deliveries ended"
    )
