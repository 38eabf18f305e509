"""Lines of nginx's delivery log: what nginx sent, a line for each response.

The fields stand in nginx/http/delivery_log.conf, separated by tabs, in this order; a test compares the two.
Lines come by the ten thousand a second, so what is the same in most of them, the last fields, is read once.
"""

from dataclasses import dataclass, field

from service.delivery.record import EXACT, UNMATCHED
from service.delivery.refusals import REFUSALS
from service.delivery.totals import Kind, Row, Totals, known_method

FIELDS = (
    "msec",
    "request_time",
    "header_msec",
    "upstream_http_content_length",
    "sent_http_content_range",
    "upstream_http_x_file_size",
    "body_bytes_sent",
    "connections_writing",
    "log_method",
    "status",
    "delivery_route",
    "delivery_range",
    "lane_taken",
    "request_completion",
)
"""nginx's variables; `-` or nothing where there is no value."""

_NUMBERS = 8  # of them in front
_RANGE_KINDS = {"none", "bounded", "open", "suffix", "several", "invalid"}
_LANES = {"fast", "chunk", EXACT, *REFUSALS}
_BODYLESS = {"204", "304"}
_WITH_FILE = {"200", "206"}


@dataclass(slots=True)
class _Group:
    """What lines with the same last fields have in common."""

    complete: Row
    aborted: Row
    has_body: bool
    has_file: bool
    finished: bool


@dataclass(slots=True)
class Batch:
    """What some lines add up to; `ended` is when the newest one did (seconds since the epoch).

    `in_progress` is how many others were being sent then.
    """

    totals: Totals = field(default_factory=Totals)
    ended: float = 0.0
    in_progress: int = 0
    invalid: int = 0
    _groups: dict[bytes, _Group] = field(default_factory=dict)

    def count(self, line: bytes) -> None:
        """Count a line without its end; raise ValueError for one that nginx has not written whole."""
        msec, took, header, length, place, file, sent_field, writing, rest = line.split(b"\t", _NUMBERS)
        ended, seconds, sent, others = float(msec), float(took), int(sent_field), int(writing)
        group = self._groups.get(rest) or self._group(rest)
        planned = _planned(length, place, sent) if group.has_body else 0
        if planned:
            sent = min(sent, planned)  # nginx counts a "100 Continue" among the bytes of the body
        first_byte = max(0.0, float(header) - ended + seconds) if sent else None
        # (one that was cut before its answer was not finished, one that was cut in it has too few bytes)
        row = group.complete if group.finished and sent >= planned else group.aborted
        row.add(planned, sent, seconds, first_byte, int(file) if group.has_file and file.isdigit() else 0)
        if ended >= self.ended:
            self.ended, self.in_progress = ended, others

    def _group(self, rest: bytes) -> _Group:
        method, status, route, range_kind, lane, completion = rest.decode("ascii").split("\t")
        kind = Kind(
            route if route not in {"", "-"} else UNMATCHED,
            known_method(method),
            str(int(status)),
            range_kind if range_kind in _RANGE_KINDS else "",
            lane if lane in _LANES else EXACT,
            "complete",
        )
        group = _Group(
            self.totals.row(kind),
            self.totals.row(kind._replace(outcome="aborted")),
            has_body=method != "HEAD" and status not in _BODYLESS,
            has_file=method == "GET" and status in _WITH_FILE and range_kind in _RANGE_KINDS,
            finished=completion == "OK",
        )
        self._groups[rest] = group
        return group


def _planned(length: bytes, place: bytes, sent: int) -> int:
    # of a range that nginx has sent itself the length is that of the whole file
    if place.startswith(b"bytes ") and b"*" not in place:
        first, _, last = place[6:].partition(b"/")[0].partition(b"-")
        return int(last) - int(first) + 1
    return int(length) if length.isdigit() else sent


def summarize(lines: bytes) -> Batch:
    """Add up `lines`; those that are none are counted as invalid."""
    batch = Batch()
    for line in lines.splitlines():
        try:
            batch.count(line)
        except ValueError:
            if line.strip(b"\0"):  # (else the rest of a hole that an older reader has punched)
                batch.invalid += 1
    return batch
