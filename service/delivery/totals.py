"""What deliveries add up to: plain numbers that can be added to each other and written down."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from service.delivery.record import Delivery

Labels = tuple[str, ...]

DELIVERY_BUCKETS = (0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 1800, 3600)
"""Seconds, up to an hour: a film is watched while it is delivered."""

FIRST_BYTE_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
"""Seconds."""

_METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"}


@dataclass(slots=True)
class Distribution:
    """How many observations fell into which bucket (the last one is open), and their sum."""

    counts: list[int]
    sum: float = 0.0

    @classmethod
    def over(cls, bounds: tuple[float, ...]) -> "Distribution":
        """Make an empty one."""
        return cls([0] * (len(bounds) + 1))

    def observe(self, value: float, bounds: tuple[float, ...]) -> None:
        """Count one value; a bound belongs to the bucket below it, as Prometheus has it."""
        self.counts[bisect_left(bounds, value)] += 1
        self.sum += value

    def merge(self, other: "Distribution") -> None:
        """Add what another one counted over the same bounds."""
        self.counts = [mine + its for mine, its in zip(self.counts, other.counts, strict=True)]
        self.sum += other.sum


def _delivery_seconds() -> defaultdict[Labels, Distribution]:
    return defaultdict(lambda: Distribution.over(DELIVERY_BUCKETS))


def _first_byte_seconds() -> defaultdict[Labels, Distribution]:
    return defaultdict(lambda: Distribution.over(FIRST_BYTE_BUCKETS))


@dataclass(slots=True)
class Totals:
    """Counts and distributions by label values, whose names and order are in `service.metrics`."""

    requests: Counter[Labels] = field(default_factory=Counter)
    deliveries: Counter[Labels] = field(default_factory=Counter)
    planned_bytes: Counter[Labels] = field(default_factory=Counter)
    delivered_bytes: Counter[Labels] = field(default_factory=Counter)
    lanes: Counter[Labels] = field(default_factory=Counter)
    delivery_seconds: defaultdict[Labels, Distribution] = field(default_factory=_delivery_seconds)
    first_byte_seconds: defaultdict[Labels, Distribution] = field(default_factory=_first_byte_seconds)

    def add(self, delivery: Delivery) -> None:
        """Count one finished delivery."""
        route, status = delivery.route, str(delivery.status)
        method = delivery.method if delivery.method in _METHODS else "other"
        self.requests[route, method, status] += 1
        self.planned_bytes[route,] += delivery.planned
        self.delivered_bytes[route,] += delivery.sent
        if delivery.range_kind is not None:
            self.deliveries[route, status, delivery.range_kind, delivery.outcome] += 1
            self.lanes[delivery.lane,] += 1
            self.delivery_seconds[route,].observe(delivery.seconds, DELIVERY_BUCKETS)
            if delivery.first_byte is not None:
                waited = delivery.first_byte - delivery.started
                self.first_byte_seconds[route,].observe(waited, FIRST_BYTE_BUCKETS)

    def merge(self, other: "Totals") -> None:
        """Add what another one has counted."""
        for name, mine, its in self._pairs(other):
            if name.endswith("_seconds"):
                for labels, distribution in its.items():
                    mine[labels].merge(distribution)
            else:
                mine.update(its)

    def _pairs(self, other: "Totals") -> Iterable[tuple[str, Any, Any]]:
        return ((each.name, getattr(self, each.name), getattr(other, each.name)) for each in fields(self))

    def copy(self) -> "Totals":
        """Return one of its own with the same numbers."""
        copied = Totals()
        copied.merge(self)
        return copied

    def as_json(self) -> dict[str, list[Any]]:
        """Return lists and numbers only."""
        return {
            each.name: [[labels, _plain(value)] for labels, value in getattr(self, each.name).items()]
            for each in fields(self)
        }

    @classmethod
    def from_json(cls, written: dict[str, list[Any]]) -> "Totals":
        """Read what `as_json` returned; raise ValueError, TypeError or KeyError for anything else."""
        read = cls()
        for each in fields(cls):
            for labels, value in written[each.name]:
                key = tuple(map(str, labels))
                if each.name.endswith("_seconds"):
                    getattr(read, each.name)[key].merge(Distribution(*value))
                else:
                    getattr(read, each.name)[key] += int(value)
        return read


def _plain(value: int | Distribution) -> Any:
    return [value.counts, value.sum] if isinstance(value, Distribution) else value
