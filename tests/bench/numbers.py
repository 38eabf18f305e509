"""Series of measurements, one value a round, and what is said of them."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Series:
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def low(self) -> float:
        return min(self.values)

    @property
    def high(self) -> float:
        return max(self.values)

    def over(self, other: "Series") -> "Series":
        """Divide round by round: what disturbed the machine in one round disturbed both."""
        return Series(tuple(mine / theirs for mine, theirs in zip(self.values, other.values, strict=True)))

    def minus(self, other: "Series") -> "Series":
        return Series(tuple(mine - theirs for mine, theirs in zip(self.values, other.values, strict=True)))


def percentile(values: Sequence[float], share: float) -> float:
    """Take the nearest rank: the smallest value that `share` percent of all do not exceed."""
    if not values:
        raise ValueError("no answer came")
    ordered = sorted(values)
    rank = -(-len(ordered) * share // 100)
    return ordered[max(0, int(rank) - 1)]
