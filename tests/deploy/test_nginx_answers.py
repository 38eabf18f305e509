"""What nginx answers itself: /metrics refused, requests that are not valid, a service that is away."""

import pytest

from tests.deploy.conftest import Proxy
from tests.e2e.targets.process import wait_until

PRIVATE = (
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "::1", "fd00::1", "fe80::1",
)  # fmt: skip
PUBLIC = (
    "8.8.8.8", "11.0.0.1", "9.255.255.255", "172.15.255.255", "172.32.0.1", "192.167.255.255", "192.169.0.1",
    "169.254.169.254", "100.64.0.1", "2001:db8::1", "::", "::2",
)  # fmt: skip
SPELLINGS = (
    *("/metrics", "/metrics?x=1", "//metrics", "///metrics", "/%2fmetrics", "/%2F/metrics"),
    *("/%6detrics", "/./metrics", "/x/../metrics", "/x%2f..%2fmetrics"),
)
# What is sent, the status, and a word of the reason.
OWN_ERRORS = {
    "garbage": (b"garbage\r\n\r\n", 400, "not valid HTTP"),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400, "not valid HTTP"),
    "internal page": (b"GET /-/error HTTP/1.1\r\nHost: a\r\n\r\n", 404, "nothing here"),
    "trace": (b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405, "method"),
    "large body": (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n", 413, "no uploads"),
    "long target": (b"GET /" + b"a" * 8192 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414, "URI"),
    "long field": (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 8192 + b"\r\n\r\n", 431, "fields"),
    "many fields": (
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: %b\r\n" % (b"a" * 999) * 20 + b"\r\n",
        431,
        "fields",
    ),
    "coding": (b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "coding"),
    "version": (b"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505, "HTTP/1.1"),
}


@pytest.mark.parametrize("address", PRIVATE)
def test_metrics_for_private_addresses(proxy: Proxy, address: str) -> None:
    assert proxy.ask("/metrics", {"X-Forwarded-For": address}).status_code == 200


@pytest.mark.parametrize("address", PUBLIC)
def test_no_metrics_for_public_addresses(proxy: Proxy, address: str) -> None:
    response = proxy.ask("/metrics", {"X-Forwarded-For": address})
    assert (response.status_code, response.text) == (
        403,
        "Metrics are for loopback and private addresses only.\n",
    )


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_leads_around_the_rule(proxy: Proxy, spelling: str) -> None:
    answer = proxy.raw(f"GET {spelling} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 8.8.8.8\r\n\r\n".encode())
    assert answer
    assert answer.status == 403


def test_everything_else_is_for_everybody(proxy: Proxy) -> None:
    assert proxy.ask("/healthz", {"X-Forwarded-For": "8.8.8.8"}).status_code == 200


@pytest.mark.parametrize(("request_bytes", "status", "reason"), OWN_ERRORS.values(), ids=OWN_ERRORS)
def test_own_error_is_short_and_says_why(
    proxy: Proxy, request_bytes: bytes, status: int, reason: str
) -> None:
    answer = proxy.raw(request_bytes)
    assert answer
    assert answer.status == status
    assert reason in answer.body.decode()
    assert answer.body.count(b"\n") == 1
    assert answer.values("Content-Type") == ["text/plain; charset=utf-8"]
    assert answer.values("Cache-Control") == ["no-store"]
    assert answer.values("X-Content-Type-Options") == ["nosniff"]
    assert answer.values("Server") == ["nginx"]
    assert len(answer.values("X-Request-ID")) == 1


def test_method_not_allowed_names_those_that_are(proxy: Proxy) -> None:
    assert proxy.ask("/", method="TRACE").headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_service_is_away(lonely: Proxy, method: str) -> None:
    response = lonely.ask("/video.mp4", method=method)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert response.headers["Content-Length"] == str(
        len("The video service is away for a moment; please try again.\n")
    )


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_a_probe_of_a_service_that_is_away_is_counted_as_a_probe(lonely: Proxy, path: str) -> None:
    """And not as `unmatched`, among the requests of viewers that failed."""
    assert lonely.ask(path).status_code == 503
    wait_until(lambda: [line for line in lonely.deliveries() if line["delivery_route"] == path], 5, "a line")


def test_error_of_the_service_passes_untouched(proxy: Proxy) -> None:
    response = proxy.ask("/nothing")
    assert (response.status_code, response.text) == (404, "from the origin\n")
    assert not response.headers.keys() & {"Cache-Control", "Allow", "Retry-After"}
