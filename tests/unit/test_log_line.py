"""Lines of nginx's delivery log."""

import re
from pathlib import Path

import pytest

from service.delivery.log_line import FIELDS, Batch, summarize
from service.delivery.refusals import reason
from service.delivery.totals import FIRST_BYTE_BUCKETS, Kind, Row

ROOT = Path(__file__).parents[2]
GOOD = {
    "msec": "1795533841.500",
    "header_msec": "1795533841.010",
    "connections_writing": "3",
    "sent_http_content_range": "bytes 200-1000/255849",
    "upstream_http_content_length": "802",
    "upstream_http_x_file_size": "255849",
    "body_bytes_sent": "801",
    "request_time": "0.500",
    "log_method": "GET",
    "status": "206",
    "delivery_route": "/video.mp4",
    "delivery_range": "bounded",
    "lane_taken": "fast",
    "request_completion": "OK",
}


def line(**changed: str) -> bytes:
    return "\t".join((GOOD | changed).values()).encode()


def test_the_fields_are_those_that_nginx_writes() -> None:
    conf = (ROOT / "nginx/http/delivery_log.conf").read_text()
    (written,) = re.findall(r"log_format delivery_record\s+(.*?);", conf, re.DOTALL)
    names = ["status" if name == "log_status" else name for name in re.findall(r"\$(\w+)", written)]
    assert tuple(names) == FIELDS == tuple(GOOD)
    assert written.count(r"\t") == len(FIELDS) - 1


def test_the_fast_lane_writes_the_same_fields() -> None:
    conf = (ROOT / "nginx/http/delivery_log.conf").read_text()
    (written,) = re.findall(r"log_format delivery_fast\s+(.*?);", conf, re.DOTALL)
    fields = [field.strip("' \n$") for field in re.sub(r"'\s+'", "", written).split(r"\t")]
    length = "sent_http_content_length"
    same = {"upstream_http_content_length": length, "upstream_http_x_file_size": length, "log_method": "GET"}
    same |= {"delivery_route": "video_route", "delivery_range": "plain_range", "lane_taken": "fast"}
    assert fields == [same.get(field, field) for field in FIELDS]


def counted(**changed: str) -> tuple[Kind, Row]:
    batch = Batch()
    batch.count(line(**changed))
    batch.sum_up()
    ((kind, row),) = [(kind, row) for kind, row in batch.totals.rows.items() if row.number]
    return kind, row


def test_a_delivery() -> None:
    kind, row = counted()
    assert kind == ("/video.mp4", "GET", "206", "bounded", "fast", "complete")
    assert (row.number, row.planned, row.sent) == (1, 801, 801)
    assert row.delivery_seconds == pytest.approx(0.5)
    assert row.first_byte_seconds == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({"body_bytes_sent": "800"}, "aborted"),
        ({"request_completion": ""}, "aborted"),
        ({"request_completion": "-"}, "aborted"),
        ({"log_method": "HEAD", "body_bytes_sent": "0"}, "complete"),
        ({"status": "304", "body_bytes_sent": "0"}, "complete"),
        (
            {
                "status": "200",
                "upstream_http_content_length": "-",
                "sent_http_content_range": "-",
                "body_bytes_sent": "5",
            },
            "complete",
        ),
    ],
)
def test_an_outcome(changed: dict[str, str], outcome: str) -> None:
    assert counted(**changed)[0].outcome == outcome


@pytest.mark.parametrize(
    ("changed", "planned"),
    [
        ({}, 801),
        ({"upstream_http_content_length": "255849"}, 801),  # of the whole file, as nginx keeps it
        ({"sent_http_content_range": "-"}, 802),
        ({"sent_http_content_range": "-", "upstream_http_content_length": "-"}, 801),  # nginx's own
        ({"log_method": "HEAD"}, 0),
        ({"status": "304"}, 0),
        ({"status": "416", "sent_http_content_range": "bytes */9", "upstream_http_content_length": "98"}, 98),
    ],
)
def test_what_was_promised(changed: dict[str, str], planned: int) -> None:
    assert counted(**changed)[1].planned == planned


@pytest.mark.parametrize(
    ("changed", "size"),
    [
        ({}, 255849),
        ({"status": "200", "sent_http_content_range": "-"}, 255849),
        ({"body_bytes_sent": "1"}, 255849),  # an aborted one, too
        ({"delivery_range": "several", "sent_http_content_range": "-"}, 255849),
        ({"log_method": "HEAD"}, 0),
        ({"status": "304"}, 0),
        ({"status": "416"}, 0),
        ({"status": "200", "delivery_route": "/", "delivery_range": "-"}, 0),
        ({"upstream_http_x_file_size": "-"}, 0),
    ],
)
def test_the_size_of_the_file_that_was_sent_from(changed: dict[str, str], size: int) -> None:
    assert counted(**changed)[1].file_bytes == size


AT_ONCE = {"header_msec": GOOD["msec"]}
"""Begun in the millisecond in which it ended: such lines are counted by the dozen."""


def test_many_that_are_alike_add_up_as_they_would_one_by_one() -> None:
    alike, later = line(**AT_ONCE), line()
    other = line(**AT_ONCE, sent_http_content_range="bytes 7-807/255849")
    batch = summarize(b"\n".join([alike, other, later, alike]))
    ((kind, row),) = [(kind, row) for kind, row in batch.totals.rows.items() if row.number]
    assert kind.outcome == "complete"
    assert (row.number, row.planned, row.sent, row.file_bytes) == (4, 4 * 801, 4 * 801, 4 * 255849)
    assert row.delivery_seconds == pytest.approx(2.0)
    assert row.first_byte_seconds == pytest.approx(3 * 0.5 + 0.01)
    assert (sum(row.delivery_counts), sum(row.first_byte_counts)) == (4, 4)
    assert row.first_byte_counts[FIRST_BYTE_BUCKETS.index(0.5)] == 3


def test_summing_up_twice_counts_nothing_twice() -> None:
    batch = summarize(line(**AT_ONCE))
    batch.sum_up()
    assert [row.number for row in batch.totals.rows.values() if row.number] == [1]


@pytest.mark.parametrize(
    ("changed", "outcome", "sent"),
    [
        ({}, "complete", 801),
        ({"body_bytes_sent": "800"}, "aborted", 800),
        ({"body_bytes_sent": "826"}, "complete", 801),
        ({"request_completion": ""}, "aborted", 801),
        ({"log_method": "HEAD", "body_bytes_sent": "0"}, "complete", 0),
        ({"status": "304", "body_bytes_sent": "0"}, "complete", 0),
        ({"sent_http_content_range": "bytes 200-1001/255849"}, "aborted", 801),
        ({"status": "200", "sent_http_content_range": "-"}, "aborted", 801),
        ({"status": "200", "sent_http_content_range": "-", "body_bytes_sent": "802"}, "complete", 802),
    ],
)
def test_an_outcome_of_what_was_sent_at_once(changed: dict[str, str], outcome: str, sent: int) -> None:
    kind, row = counted(**AT_ONCE | changed)
    assert (kind.outcome, row.number, row.sent) == (outcome, 1, sent)
    assert sum(row.first_byte_counts) == (sent > 0)


@pytest.mark.parametrize("nothing", ["", "-"])
def test_a_request_about_nothing_known(nothing: str) -> None:
    kind, row = counted(
        log_method="BREW",
        delivery_route=nothing,
        delivery_range=nothing,
        lane_taken=nothing,
        body_bytes_sent="0",
    )
    assert kind == ("unmatched", "other", "206", "", "exact", "aborted")
    assert sum(row.first_byte_counts) == 0


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"lane_taken": "deliveries", "status": "503"}, "deliveries"),
        ({"lane_taken": "client_deliveries", "status": "429"}, "client_deliveries"),
        ({"lane_taken": "client_requests", "status": "429"}, "client_requests"),
        ({"lane_taken": "", "status": "408"}, "slow_request"),
        ({"lane_taken": "exact", "status": "414"}, "uri_size"),
        ({"lane_taken": "exact", "status": "503"}, None),
        ({}, None),
    ],
)
def test_a_refusal(changed: dict[str, str], why: str | None) -> None:
    kind, _ = counted(**changed)
    assert reason(kind.lane, kind.status) == why


def test_an_interim_response_is_no_delivery() -> None:
    """Of nginx, which counts the 25 bytes of a 100 (Continue) among those of the body."""
    assert counted(body_bytes_sent="826")[1].sent == 801


def test_a_clock_that_was_set_back_makes_no_negative_time() -> None:
    assert counted(header_msec="1795533000.000")[1].first_byte_seconds == 0


def test_the_newest_line_says_how_many_are_in_progress() -> None:
    """Each worker of nginx writes its lines for itself, so they are not in order."""
    batch = Batch()
    batch.count(line(msec="1795533842.000", connections_writing="7"))
    batch.count(line(msec="1795533841.000", connections_writing="9"))
    assert (batch.ended, batch.in_progress) == (1795533842.0, 7)


@pytest.mark.parametrize(
    "wrong",
    [
        b"\t",
        line()[:-30],
        line() + b"\t1",
        line(status="x"),
        line(msec="\xff"),
        line(delivery_route="\xff"),
        line(sent_http_content_range="bytes 200"),
        line(sent_http_content_range="bytes 200-/1"),
    ],
)
def test_a_torn_line_is_an_error_and_no_delivery(wrong: bytes) -> None:
    batch = Batch()
    with pytest.raises(ValueError, match=r".*"):
        batch.count(wrong)
    batch.sum_up()
    assert not [row for row in batch.totals.rows.values() if row.number]


BEFORE = (
    *("msec", "request_time", "header_msec", "upstream_http_content_length", "sent_http_content_range"),
    *("upstream_http_x_file_size", "body_bytes_sent", "connections_writing", "log_method", "status"),
    *("delivery_route", "delivery_range", "lane_taken", "request_completion"),
)
"""The order of the fields up to November 2026."""


def test_a_line_in_the_order_of_before_is_invalid() -> None:
    batch = summarize("\t".join(GOOD[name] for name in BEFORE).encode())
    assert (batch.invalid, [row for row in batch.totals.rows.values() if row.number]) == (1, [])


def test_a_line_is_invalid_to_the_version_of_before() -> None:
    """Whose eighth field is a whole number: an image that was gone back to counts nothing wrongly."""
    with pytest.raises(ValueError, match="invalid literal"):
        int(line().split(b"\t")[BEFORE.index("connections_writing")])


def test_lines_of_several_kinds_are_each_counted_for_themselves() -> None:
    lines = [line(**AT_ONCE), line(**AT_ONCE | {"lane_taken": "chunk"}), line(**AT_ONCE | {"status": "304"})]
    batch = summarize(b"\n".join(lines * 2))
    counted = {(kind.status, kind.lane): row.number for kind, row in batch.totals.rows.items() if row.number}
    assert counted == {("206", "fast"): 2, ("206", "chunk"): 2, ("304", "fast"): 2}


def test_lines_that_are_none_are_counted_and_left_out() -> None:
    batch = summarize(line() + b"\ntorn\n" + b"\0" * 100 + b"\n" + line(body_bytes_sent="5") + b"\n")
    assert batch.invalid == 1
    assert sum(row.sent for row in batch.totals.rows.values()) == 806
