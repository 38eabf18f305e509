"""Byte ranges: reading a Range field and choosing what it selects (RFC 9110, section 14).

A Range field is a request, never an obligation: whatever cannot be read, or is not worth answering in
parts, is ignored and the whole representation is sent (section 14.2).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_RANGES = 100
"""More range-specs than this in one field are "many small ranges" (section 14.2): the field is ignored."""

_UNIT = re.compile(r"bytes=", re.IGNORECASE)
_SPEC = re.compile(r"([0-9]*)-([0-9]*)")
# No file has a position of more than 19 digits; longer numbers only have to stay larger than every file
# (and must not reach int(), which refuses thousands of digits).
_DIGITS = 19
_HUGE = 10**_DIGITS


@dataclass(frozen=True, slots=True)
class ByteRange:
    """The bytes `first` to `last` of a representation, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """The number of bytes."""
        return self.last - self.first + 1

    def limited(self, length: int) -> "ByteRange":
        """Return the first `length` bytes of this range, or all of it when it is no longer."""
        return ByteRange(self.first, min(self.last, self.first + length - 1))


@dataclass(frozen=True, slots=True)
class RangeSpec:
    """One range-spec as asked for: `first-last`, `first-` (last is None) or `-last` (first is None)."""

    first: int | None
    last: int | None

    def within(self, size: int) -> ByteRange | None:
        """Return what is selected of a representation of `size` bytes, None when unsatisfiable (14.1.2)."""
        if self.first is None:
            length = min(self.last or 0, size)
            return ByteRange(size - length, size - 1) if length else None
        if self.first >= size:
            return None
        return ByteRange(self.first, size - 1 if self.last is None else min(self.last, size - 1))

    @property
    def kind(self) -> str:
        """`bounded`, `open` or `suffix`."""
        if self.first is None:
            return "suffix"
        return "open" if self.last is None else "bounded"


def parse_range(value: str) -> tuple[RangeSpec, ...] | None:
    """Return the range-specs of a Range field value, None when the field is to be ignored.

    Ignored are other units than bytes, values outside the grammar, a last-pos before its first-pos, and more
    than MAX_RANGES specs. Empty list members and white space around commas are part of the list grammar.
    """
    unit = _UNIT.match(value)
    if not unit:
        return None
    members = [text for member in value[unit.end() :].split(",") if (text := member.strip(" \t"))]
    if not 1 <= len(members) <= MAX_RANGES:
        return None
    specs = [_parse_spec(member) for member in members]
    return None if None in specs else tuple(spec for spec in specs if spec)


def select(specs: Sequence[RangeSpec], size: int) -> tuple[ByteRange, ...]:
    """Return the satisfiable ranges in the order asked for, those that overlap coalesced (15.3.7.2).

    No byte is in two of them, so together they are never longer than the representation.
    """
    ranges = [found for spec in specs if (found := spec.within(size))]
    return _coalesce(ranges) if len(ranges) > 1 else tuple(ranges)


def range_kind(value: str | None, specs: Sequence[RangeSpec] | None) -> str:
    """Return what a request asked for: none, invalid, several, bounded, open or suffix."""
    if value is None:
        return "none"
    if not specs:
        return "invalid"
    return specs[0].kind if len(specs) == 1 else "several"


def _parse_spec(text: str) -> RangeSpec | None:
    match = _SPEC.fullmatch(text)
    if not match or text == "-":
        return None
    first, last = _position(match[1]), _position(match[2])
    if first is not None and last is not None and last < first:
        return None
    return RangeSpec(first, last)


def _position(digits: str) -> int | None:
    if not digits:
        return None
    significant = digits.lstrip("0")
    return int(significant or "0") if len(significant) <= _DIGITS else _HUGE


def _coalesce(ranges: Sequence[ByteRange]) -> tuple[ByteRange, ...]:
    # Sweep by position; a merged range stands where the earliest of its members was asked for.
    merged: list[tuple[int, ByteRange]] = []
    for place, current in sorted(enumerate(ranges), key=lambda item: item[1].first):
        if merged and current.first <= merged[-1][1].last:
            before, previous = merged[-1]
            merged[-1] = min(before, place), ByteRange(previous.first, max(previous.last, current.last))
        else:
            merged.append((place, current))
    return tuple(found for _, found in sorted(merged, key=lambda item: item[0]))
