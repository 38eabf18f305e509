"""A line of the report: two series, how they compare, and the bar that it is held to."""

from dataclasses import dataclass
from enum import StrEnum

from tests.bench.numbers import Series


class Of(StrEnum):
    """What a bar is about."""

    RATIO = "times"
    DIFFERENCE = "more"
    VALUE = "absolute"


@dataclass(frozen=True)
class Bar:
    limit: float
    at_least: bool = False
    of: Of = Of.RATIO
    strictly: bool = False
    """The limit itself does not do: ahead is not level."""

    def holds(self, value: float) -> bool:
        if value == self.limit:
            return not self.strictly
        return (value > self.limit) == self.at_least

    def text(self, unit: str) -> str:
        sign = {(True, True): ">", (True, False): ">=", (False, True): "<", (False, False): "<="}
        limit = f"{sign[self.at_least, self.strictly]} {self.limit:g}"
        return {Of.RATIO: limit, Of.DIFFERENCE: f"{limit} {unit} more", Of.VALUE: f"{limit} {unit}"}[self.of]


@dataclass(frozen=True)
class Line:
    """What was measured of ours beside what it is compared with; `other` is empty for a value by itself."""

    work: str
    unit: str
    rival: str
    ours: Series
    other: Series | None = None
    bar: Bar | None = None
    faults: int = 0
    """Answers to us that failed, did not come, came short or held wrong bytes."""

    @property
    def ratio(self) -> Series | None:
        return None if self.other is None else self.ours.over(self.other)

    @property
    def judged(self) -> Series:
        """What the bar is about."""
        if self.other is None or self.bar is None or self.bar.of is Of.VALUE:
            return self.ours
        return self.ours.over(self.other) if self.bar.of is Of.RATIO else self.ours.minus(self.other)

    @property
    def verdict(self) -> str:
        """Say met or missed; a speed at which answers fail is no speed."""
        wrong = f", {self.faults} answers wrong or missing" if self.faults else ""
        if self.bar is None:
            return wrong.removeprefix(", ")
        met = self.bar.holds(self.judged.median) and not self.faults
        return ("met" if met else "**missed**") + wrong
