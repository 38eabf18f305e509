"""Lines of nginx's delivery log."""

import re
from pathlib import Path

import pytest

from service.delivery.log_line import FIELDS, parse

ROOT = Path(__file__).parents[2]
GOOD = {
    "msec": "1795533841.500",
    "request_time": "0.500",
    "header_msec": "1795533841.010",
    "log_method": "GET",
    "status": "206",
    "delivery_route": "/video.mp4",
    "delivery_range": "bounded",
    "lane_taken": "fast",
    "sent_http_content_length": "801",
    "body_bytes_sent": "801",
    "request_completion": "OK",
    "connections_writing": "3",
}


def line(**changed: str) -> bytes:
    return "\t".join((GOOD | changed).values()).encode()


def test_the_fields_are_those_that_nginx_writes() -> None:
    conf = (ROOT / "nginx/http/delivery_log.conf").read_text()
    (written,) = re.findall(r"log_format delivery_record\s+(.*?);", conf, re.DOTALL)
    assert tuple(re.findall(r"\$(\w+)", written)) == FIELDS == tuple(GOOD)
    assert written.count(r"\t") == len(FIELDS) - 1


def test_a_delivery() -> None:
    found = parse(line())
    delivery = found.delivery
    assert (delivery.method, delivery.route, delivery.status) == ("GET", "/video.mp4", 206)
    assert (delivery.range_kind, delivery.lane, delivery.outcome) == ("bounded", "fast", "complete")
    assert (delivery.planned, delivery.sent) == (801, 801)
    assert delivery.seconds == pytest.approx(0.5)
    assert delivery.first_byte is not None
    assert delivery.first_byte - delivery.started == pytest.approx(0.01)
    assert (found.ended, found.in_progress) == (1795533841.5, 3)


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({"body_bytes_sent": "800"}, "aborted"),
        ({"request_completion": ""}, "aborted"),
        ({"request_completion": "-"}, "aborted"),
        ({"log_method": "HEAD", "body_bytes_sent": "0"}, "complete"),
        ({"status": "304", "body_bytes_sent": "0"}, "complete"),
        ({"status": "200", "sent_http_content_length": "-", "body_bytes_sent": "5"}, "complete"),
    ],
)
def test_an_outcome(changed: dict[str, str], outcome: str) -> None:
    assert parse(line(**changed)).delivery.outcome == outcome


@pytest.mark.parametrize(
    ("changed", "planned"),
    [({}, 801), ({"log_method": "HEAD"}, 0), ({"status": "304"}, 0), ({"sent_http_content_length": "-"}, 0)],
)
def test_what_was_promised(changed: dict[str, str], planned: int) -> None:
    assert parse(line(**changed)).delivery.planned == planned


@pytest.mark.parametrize("nothing", ["", "-"])
def test_a_request_about_nothing_known(nothing: str) -> None:
    delivery = parse(
        line(delivery_route=nothing, delivery_range=nothing, lane_taken=nothing, body_bytes_sent="0")
    ).delivery
    assert (delivery.route, delivery.range_kind, delivery.lane) == ("unmatched", None, "exact")
    assert delivery.first_byte is None


def test_a_clock_that_was_set_back_makes_no_negative_time() -> None:
    delivery = parse(line(header_msec="1795533000.000")).delivery
    assert delivery.first_byte == delivery.started


@pytest.mark.parametrize(
    "wrong", [b"", b"\0" * 40, line()[:-20], line() + b"\t1", line(status="x"), line(msec="\xff")]
)
def test_a_torn_line_is_an_error(wrong: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse(wrong)
