"""Lines of nginx's delivery log: what nginx sent, a line for each response.

The fields stand in nginx/http/delivery_log.conf, separated by tabs, in this order; a test compares the two.
Lines come by the ten thousand a second, so what many of them have in common, the last fields, is read once:
in front is what differs in every line.
"""

from dataclasses import dataclass, field

from service.delivery.record import EXACT, UNMATCHED
from service.delivery.refusals import REFUSALS
from service.delivery.totals import Kind, Row, Totals, known_method

FIELDS = (
    "msec",
    "header_msec",
    "connections_writing",
    "sent_http_content_range",
    "upstream_http_content_length",
    "upstream_http_x_file_size",
    "body_bytes_sent",
    "request_time",
    "log_method",
    "status",
    "delivery_route",
    "delivery_range",
    "lane_taken",
    "request_completion",
)
"""nginx's variables; `-` or nothing where there is no value.

To a version of the service that has another order all lines are invalid: better than to count them wrongly.
"""

_DIFFERENT = 4  # of them in front
_NUMBERS = 4  # behind those
_RANGE_KINDS = {"none", "bounded", "open", "suffix", "several", "invalid"}
_LANES = {"fast", "chunk", EXACT, *REFUSALS}
_BODYLESS = {"204", "304"}
_WITH_FILE = {"200", "206"}


@dataclass(slots=True)
class _Group:
    """What lines with the same words at the end have in common."""

    complete: Row
    aborted: Row
    has_body: bool
    has_file: bool
    finished: bool


@dataclass(slots=True)
class _Alike:
    """Lines with the same numbers, too, and how many of them were complete and began when they ended.

    To nginx, which tells the time in milliseconds, that is most of them where there are many: small ranges of
    fast viewers.
    """

    group: _Group
    seconds: float
    length: int
    file: int
    sent: int
    at_once: int = 0


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
    _alike: dict[bytes, _Alike] = field(default_factory=dict)

    def count(self, line: bytes) -> None:
        """Count a line without its end; raise ValueError for one that nginx has not written whole.

        It is in the totals once they are summed up.
        """
        msec, header, writing, place, rest = line.split(b"\t", _DIFFERENT)
        ended, others = float(msec), int(writing)
        alike = self._alike.get(rest) or self._read(rest)
        group, sent = alike.group, alike.sent
        planned = (_part(place) or alike.length) if group.has_body else 0
        if sent == planned and header == msec and group.finished:
            alike.at_once += 1
            self._alike[rest] = alike
        else:
            first_byte = max(0.0, float(header) - ended + alike.seconds)
            if planned:
                sent = min(sent, planned)  # nginx counts a "100 Continue" among the bytes of the body
            # (one that was cut before its answer was not finished, one that was cut in it has too few bytes)
            row = group.complete if group.finished and sent >= planned else group.aborted
            row.add(planned, sent, alike.seconds, first_byte if sent else None, alike.file)
        if ended >= self.ended:
            self.ended, self.in_progress = ended, others

    def sum_up(self) -> None:
        """Bring what was counted into the totals."""
        for alike in self._alike.values():
            first_byte = alike.seconds if alike.sent else None
            alike.group.complete.add(
                alike.sent, alike.sent, alike.seconds, first_byte, alike.file, times=alike.at_once
            )
        self._alike.clear()

    def _read(self, rest: bytes) -> _Alike:
        length_field, file, sent_field, took, words = rest.split(b"\t", _NUMBERS)
        group, sent = self._groups.get(words) or self._group(words), int(sent_field)
        length = int(length_field) if length_field.isdigit() else sent
        size = int(file) if group.has_file and file.isdigit() else 0
        return _Alike(group, float(took), length, size, sent)

    def _group(self, words: bytes) -> _Group:
        method, status, route, range_kind, lane, completion = words.decode("ascii").split("\t")
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
        self._groups[words] = group
        return group


def _part(place: bytes) -> int:
    """Return how many bytes a Content-Range is about, 0 for none or an unsatisfied one."""
    # (the length of a range that nginx has sent itself is that of the whole file)
    if not place.startswith(b"bytes ") or place.startswith(b"*", 6):
        return 0
    first, _, last = place[6 : place.index(b"/")].partition(b"-")
    return int(last) - int(first) + 1


def summarize(lines: bytes) -> Batch:
    """Add up `lines`; those that are none are counted as invalid."""
    batch = Batch()
    for line in lines.splitlines():
        try:
            batch.count(line)
        except ValueError:
            if line.strip(b"\0"):  # (else the rest of a hole that an older reader has punched)
                batch.invalid += 1
    batch.sum_up()
    return batch
