"""What the settings make of nginx's limits, and whom nginx takes for the client."""

import re
from pathlib import Path

import pytest

from service.delivery.refusals import REFUSALS
from tests import nginx_config
from tests.deploy.conftest import Proxy

ADDRESSES = {"NGINX_PORT": "127.0.0.1:8080", "VIDEO_UPSTREAM": "127.0.0.1:8000"}


def rendered(folder: Path, **settings: str) -> list[str]:
    """Return the statements, a line each."""
    nginx_config.render(folder, ADDRESSES | settings)
    text = "".join((folder / "run" / name).read_text() for name in ("limits.conf", "deliveries.conf"))
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def beginning(lines: list[str], *directives: str) -> list[str]:
    return [line for line in lines if line.split()[0] in directives]


DIRECTIVES = ("limit_conn", "limit_req", "limit_req_zone", "limit_rate")


def test_limits_that_are_off_leave_nothing_behind(tmp_path: Path) -> None:
    off = {"VIDEO_MAX_DELIVERIES": "0", "VIDEO_MAX_DELIVERIES_PER_CLIENT": "0"}
    assert beginning(rendered(tmp_path, **off), *DIRECTIVES) == []


def test_limits_that_are_on(tmp_path: Path) -> None:
    lines = rendered(
        tmp_path,
        VIDEO_MAX_DELIVERIES="30",
        VIDEO_MAX_DELIVERIES_PER_CLIENT="20",
        VIDEO_MAX_REQUEST_RATE="10",
        VIDEO_RATE_LIMIT="1000000",
    )
    assert beginning(lines, *DIRECTIVES) == [
        "limit_req_zone $asking_client zone=client_requests:1m rate=10r/s;",
        "limit_req zone=client_requests burst=10 nodelay;",
        "limit_rate 1000000;",
        "limit_conn client_deliveries 20;",
        "limit_conn deliveries 30;",
    ]


@pytest.mark.parametrize(
    ("given", "trusted"),
    [
        ("", []),
        ("10.0.0.1", ["10.0.0.1"]),
        ("10.0.0.0/8, 2001:db8::/32 ,::1", ["10.0.0.0/8", "2001:db8::/32", "::1"]),
    ],
)
def test_each_trusted_proxy_is_one_of_nginx(tmp_path: Path, given: str, trusted: list[str]) -> None:
    lines = beginning(rendered(tmp_path, VIDEO_TRUSTED_PROXIES=given), "set_real_ip_from")
    assert lines == [f"set_real_ip_from {network};" for network in trusted]


@pytest.mark.parametrize(
    ("uri", "header", "buffers"),
    [("8000", "16384", "2 8192"), ("1000", "4096", "4 1192"), ("32000", "4096", "1 32192")],
)
def test_buffers_hold_a_request_as_large_as_it_may_be(
    tmp_path: Path, uri: str, header: str, buffers: str
) -> None:
    lines = rendered(tmp_path, VIDEO_MAX_URI_SIZE=uri, VIDEO_MAX_HEADER_SIZE=header)
    assert beginning(lines, "large_client_header_buffers") == [f"large_client_header_buffers {buffers};"]


@pytest.mark.parametrize("answer", ["reason", "retry_after"])
def test_nginx_and_the_service_refuse_with_the_same_words(answer: str) -> None:
    text = (nginx_config.SOURCE / "http/refusals.conf").read_text()
    (block,) = re.findall(rf"map \$refusal \$refusal_{answer} \{{\n(.*?)\}}", text, re.DOTALL)
    said = dict(re.findall(r'^ +(?!default)(\w+) "?(.*?)\.?"?;$', block, re.MULTILINE))
    if answer == "reason":
        assert {name: text[0].lower() + text[1:] for name, text in said.items()} == {
            name: refusal.text for name, refusal in REFUSALS.items()
        }
    else:
        assert said == {name: str(refusal.retry_after) for name, refusal in REFUSALS.items()}


@pytest.mark.parametrize(
    "said", ["127.0.0.1, 8.8.8.8", "10.0.0.1, 8.8.8.8, 127.0.0.1", "8.8.8.8, unknown", "[2001:db8::1]"]
)
def test_a_forged_address_opens_no_metrics(proxy: Proxy, said: str) -> None:
    assert proxy.ask("/metrics", {"X-Forwarded-For": said}).status_code == 403


@pytest.mark.parametrize(("fields", "status"), [({}, 503), ({"X-Forwarded-For": "8.8.8.8"}, 403)])
def test_who_asks_for_another_without_being_trusted_is_told_nothing(
    lonely: Proxy, fields: dict[str, str], status: int
) -> None:
    """There is no origin, so 503 is what comes of a request that was let through."""
    assert lonely.ask("/metrics", fields).status_code == status
