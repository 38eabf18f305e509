"""What deliveries add up to: plain numbers that can be added to each other and written down."""

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from service.delivery.record import Delivery

DELIVERY_BUCKETS = (0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 1800, 3600)
"""Seconds, up to an hour: a film is watched while it is delivered."""

FIRST_BYTE_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
"""Seconds."""

_METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"}


class Kind(NamedTuple):
    """What deliveries are told apart by: all labels of all metrics, each of a bounded number of values.

    `range_kind` is empty for a response that is not about a media file.
    """

    route: str
    method: str
    status: str
    range_kind: str
    lane: str
    outcome: str


def known_method(method: str) -> str:
    """Return a method as a label: strangers make up no new ones."""
    return method if method in _METHODS else "other"


def _counts(bounds: tuple[float, ...]) -> list[int]:
    return [0] * (len(bounds) + 1)


@dataclass(slots=True)
class Row:
    """The sums of one kind; `..._counts` are by bucket, of which the last one is open."""

    number: int = 0
    planned: int = 0
    sent: int = 0
    delivery_seconds: float = 0.0
    delivery_counts: list[int] = field(default_factory=lambda: _counts(DELIVERY_BUCKETS))
    first_byte_seconds: float = 0.0
    first_byte_counts: list[int] = field(default_factory=lambda: _counts(FIRST_BYTE_BUCKETS))
    file_bytes: int = 0  # (last, and with a default: sums that an older version wrote down have none)

    def add(  # noqa: PLR0913 (what is known of a delivery, in no more words than there are numbers)
        self,
        planned: int,
        sent: int,
        seconds: float,
        first_byte: float | None,
        file_size: int = 0,
        *,
        times: int = 1,
    ) -> None:
        """Count one delivery, or some that are alike.

        A bound belongs to the bucket below it, as Prometheus has it.

        `seconds` is how long it took, `first_byte` when its first byte came, in seconds too, if one did;
        `file_size` is the size of the file that was sent, or a part of it.
        """
        self.number += times
        self.planned += times * planned
        self.sent += times * sent
        self.file_bytes += times * file_size
        self.delivery_seconds += times * seconds
        self.delivery_counts[bisect_left(DELIVERY_BUCKETS, seconds)] += times
        if first_byte is not None:
            self.first_byte_seconds += times * first_byte
            self.first_byte_counts[bisect_left(FIRST_BYTE_BUCKETS, first_byte)] += times

    def merge(self, other: "Row") -> None:
        """Add what another one has counted."""
        self.number += other.number
        self.planned += other.planned
        self.sent += other.sent
        self.file_bytes += other.file_bytes
        self.delivery_seconds += other.delivery_seconds
        self.delivery_counts = added(self.delivery_counts, other.delivery_counts)
        self.first_byte_seconds += other.first_byte_seconds
        self.first_byte_counts = added(self.first_byte_counts, other.first_byte_counts)


def added(some: list[int], others: list[int]) -> list[int]:
    """Add two lists of counts by bucket; raise ValueError when their buckets differ."""
    return [one + other for one, other in zip(some, others, strict=True)]


class Totals:
    """A row for each kind of delivery that there has been."""

    def __init__(self) -> None:
        self.rows: dict[Kind, Row] = {}

    def row(self, kind: Kind) -> Row:
        """Return the row of a kind, a new one if need be."""
        return self.rows.setdefault(kind, Row())

    def add(self, delivery: Delivery) -> None:
        """Count one finished delivery."""
        kind = Kind(
            delivery.route,
            known_method(delivery.method),
            str(delivery.status),
            delivery.range_kind or "",
            delivery.lane,
            delivery.outcome,
        )
        first_byte = None if delivery.first_byte is None else delivery.first_byte - delivery.started
        self.row(kind).add(delivery.planned, delivery.sent, delivery.seconds, first_byte, delivery.carried_of)

    def merge(self, other: "Totals") -> None:
        """Add what another one has counted."""
        for kind, row in other.rows.items():
            self.row(kind).merge(row)

    def copy(self) -> "Totals":
        """Return one of its own with the same numbers."""
        copied = Totals()
        copied.merge(self)
        return copied

    def as_json(self) -> list[Any]:
        """Return lists, strings and numbers only."""
        return [[*kind, *(getattr(row, name) for name in Row.__slots__)] for kind, row in self.rows.items()]

    @classmethod
    def from_json(cls, written: Any) -> "Totals":
        """Read what `as_json` returned; raise ValueError or TypeError for anything else."""
        read = cls()
        for route, method, status, range_kind, lane, outcome, *sums in written:
            kind = Kind(*map(str, (route, method, status, range_kind, lane, outcome)))
            row = Row(*sums)
            read.row(kind).merge(row)
        return read
