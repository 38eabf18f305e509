"""What nginx passes on to the service, what it passes back, and what it writes down about it."""

import re

import pytest

from tests.deploy.conftest import Origin, Proxy
from tests.e2e.targets.process import wait_until
from tests.queries import QUERIES

TARGETS = ("/a//b", "//a", "/a/./b/../c", "/x/%2E%2e%2Fa", "/a%20b?c=%2F&d", "/a?", "/a;b=c?d??e", "/%C3%A9")


@pytest.mark.parametrize("target", TARGETS)
def test_target_arrives_as_it_was_written(proxy: Proxy, origin: Origin, target: str) -> None:
    proxy.raw_get(target.encode())
    assert origin.targets[-1] == target


def test_nobody_can_claim_another_address(proxy: Proxy, origin: Origin) -> None:
    claims = ("X-Real-IP", "X-Forwarded-For", "X-Forwarded-Proto", "X-Request-ID", "Forwarded")
    proxy.ask("/", dict.fromkeys(claims, "mine"))
    arrived = origin.headers[-1]
    assert (arrived["X-Real-IP"], arrived["X-Forwarded-For"]) == ("127.0.0.1", "127.0.0.1")
    assert arrived["X-Forwarded-Proto"] == "http"
    assert "mine" not in arrived.values()


def test_one_request_id_for_client_and_service(proxy: Proxy, origin: Origin) -> None:
    response = proxy.ask("/")
    assert re.fullmatch(r"\d+\.\d{3}-\d+-\d+", response.headers["X-Request-ID"])
    assert origin.headers[-1]["X-Request-ID"] == response.headers["X-Request-ID"]


def test_host_is_passed_as_sent(proxy: Proxy, origin: Origin) -> None:
    proxy.ask("/", {"Host": "Films.example:8080"})
    assert origin.headers[-1]["Host"] == "Films.example:8080"


def test_host_is_never_empty(proxy: Proxy, origin: Origin) -> None:
    proxy.raw(b"GET / HTTP/1.0\r\n\r\n")
    assert origin.headers[-1]["Host"] == proxy.host


def test_no_protocol_is_switched_behind_its_back(proxy: Proxy, origin: Origin) -> None:
    proxy.ask("/", {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABk"})
    assert not origin.headers[-1].keys() & {"Upgrade", "Connection"}


def test_access_log_line(proxy: Proxy) -> None:
    response = proxy.ask("/nothing?a=b", {"Range": "bytes=0-1", "User-Agent": 'a "player"'})

    def line() -> dict[str, object]:
        mine = [line for line in proxy.lines() if line["request.id"] == response.headers["X-Request-ID"]]
        return mine[0] if mine else {}

    wait_until(line, 5, "a line in the access log")
    expected = {
        "http.request.method": "GET",
        "url.path": "/nothing",
        "url.query": "a=b",
        "http.request.header.range": "bytes=0-1",
        "user_agent.original": 'a "player"',
        "http.response.status_code": 404,
        "client.address": "127.0.0.1",
        "network.protocol.version": "1.1",
        "upstream.status_code": "404",
    }
    assert line().items() >= expected.items()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}[+-]\d\d:\d\d", str(line()["timestamp"]))


@pytest.mark.parametrize(("query", "written"), QUERIES.items())
def test_no_secret_is_written_down(proxy: Proxy, query: str, written: str) -> None:
    answer = proxy.raw_get(f"/nothing?{query}".encode())
    assert answer
    (request_id,) = answer.values("X-Request-ID")

    def line() -> list[object]:
        return [line["url.query"] for line in proxy.lines() if line["request.id"] == request_id]

    wait_until(line, 5, "a line in the access log")
    assert line() == [written]


def test_access_log_is_json_whatever_is_asked(proxy: Proxy) -> None:
    proxy.raw(b'GET /\xff"\\?\xfe HTTP/1.1\r\nHost: \xfd\r\nUser-Agent: \xfc\r\nRange: \xfb\r\n\r\n')
    wait_until(
        lambda: proxy.lines()[-1]["user_agent.original"] == "(not ASCII)", 5, "a line in the access log"
    )


def test_probes_are_logged_only_when_they_fail(proxy: Proxy, lonely: Proxy) -> None:
    for answers in (proxy, lonely):
        answers.ask("/healthz")
        answers.ask("/-/after")
        wait_until(lambda: [line for line in answers.lines() if line["url.path"] == "/-/after"], 5, "lines")  # noqa: B023
    assert "/healthz" not in {line["url.path"] for line in proxy.lines()}
    assert "/healthz" in {line["url.path"] for line in lonely.lines()}
