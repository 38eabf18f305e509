"""One line of nginx's delivery log: what nginx sent, as a delivery record.

The fields stand in nginx/http/delivery_log.conf, separated by tabs, in this order; a test compares the two.
"""

from dataclasses import dataclass

from service.delivery.record import UNMATCHED, Delivery

FIELDS = (
    "msec",
    "request_time",
    "header_msec",
    "log_method",
    "status",
    "delivery_route",
    "delivery_range",
    "lane_taken",
    "sent_http_content_length",
    "body_bytes_sent",
    "request_completion",
    "connections_writing",
)
"""nginx's variables; `-` or nothing where there is no value."""

_RANGE_KINDS = {"none", "bounded", "open", "suffix", "several", "invalid"}
_LANES = {"fast", "chunk", "exact"}
_BODYLESS = {204, 304}


@dataclass(frozen=True, slots=True)
class LogLine:
    """A delivery, when it ended (seconds since the epoch) and how many others were being sent then."""

    delivery: Delivery
    ended: float
    in_progress: int


def parse(line: bytes) -> LogLine:
    """Read a line without its end; raise ValueError for one that nginx has not written whole."""
    values = line.decode("ascii").split("\t")
    if len(values) != len(FIELDS):
        raise ValueError(f"{len(values)} fields instead of {len(FIELDS)}")
    ended, took, first, method, status, route, kind, lane, length, sent, completion, writing = values
    delivery = Delivery(
        method=method,
        path="",
        route=route if route not in {"", "-"} else UNMATCHED,
        status=int(status),
        range_kind=kind if kind in _RANGE_KINDS else None,
        lane=lane if lane in _LANES else "exact",
        sent=int(sent),
        started=float(ended) - float(took),
        ended=float(ended),
    )
    delivery.planned = _planned(delivery, length)
    # (a request that was cut before its answer has no completion, and one that was cut in it too few bytes)
    delivery.complete = completion == "OK" and delivery.sent >= delivery.planned
    if delivery.sent:
        delivery.first_byte = max(float(first), delivery.started)
    return LogLine(delivery, float(ended), int(writing))


def _planned(delivery: Delivery, length: str) -> int:
    if delivery.method == "HEAD" or delivery.status in _BODYLESS or not length.isdigit():
        return 0
    return int(length)
