"""Byte ranges (RFC 9110, section 14): a table, and properties against a naive oracle."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.semantics.ranges import MAX_RANGES, ByteRange, RangeSpec, parse_range, range_kind, select

SIZE = 1000

SELECTED = [
    ("bytes=0-0", [(0, 0)]),
    ("bytes=0-1", [(0, 1)]),
    ("bytes=0-499", [(0, 499)]),
    ("bytes=500-999", [(500, 999)]),
    ("bytes=999-999", [(999, 999)]),
    ("bytes=500-", [(500, 999)]),
    ("bytes=0-", [(0, 999)]),
    ("bytes=-1", [(999, 999)]),
    ("bytes=-500", [(500, 999)]),
    ("bytes=-1000", [(0, 999)]),
    ("bytes=-1001", [(0, 999)]),
    ("bytes=900-1000", [(900, 999)]),
    ("bytes=0-" + "9" * 5000, [(0, 999)]),
    ("bytes=" + "0" * 5000 + "7-8", [(7, 8)]),
    ("bytes=-" + "9" * 5000, [(0, 999)]),
    ("BYTES=1-2", [(1, 2)]),
    ("bytes=1-2,4-5", [(1, 2), (4, 5)]),
    ("bytes= 1-2 ,\t4-5 ", [(1, 2), (4, 5)]),
    ("bytes=,1-2,,4-5,", [(1, 2), (4, 5)]),
    ("bytes=4-5,1-2", [(4, 5), (1, 2)]),
    ("bytes=1-2,3-4", [(1, 2), (3, 4)]),  # adjacent, but nothing twice
    ("bytes=0-9,5-14", [(0, 14)]),
    ("bytes=5-14,0-9,20-29", [(0, 14), (20, 29)]),
    ("bytes=20-29,0-9,5-25", [(0, 29)]),
    ("bytes=0-,-1", [(0, 999)]),
    ("bytes=1-2,2000-3000", [(1, 2)]),
    # satisfiable is none of these
    ("bytes=1000-", []),
    ("bytes=1000-2000", []),
    ("bytes=" + "9" * 5000 + "-", []),
    ("bytes=-0", []),
    ("bytes=1000-,-0", []),
]

IGNORED = [
    "",
    "bytes",
    "bytes=",
    "bytes=,",
    "bytes= , ,",
    "bytes=-",
    "bytes=a-b",
    "bytes=1",
    "bytes=1-2-3",
    "bytes=--1",
    "bytes=-1-",
    "bytes=2-1",
    "bytes=1-2,2-1",
    "bytes=1-2,x",
    "bytes=1-2;3-4",
    "bytes=1 -2",
    "bytes=1- 2",
    "bytes=+1-2",
    "bytes=0x1-2",
    "bytes=1.0-2",
    "bytes=1_0-20",
    "bytes=\u0661-\u0662",  # digits, but not ASCII's
    "bytes =1-2",
    "bytes:1-2",
    " bytes=1-2",
    "items=1-2",
    "bytes=1-2, bytes=3-4",
    "none",
]


def selected(value: str, size: int = SIZE) -> list[tuple[int, int]] | None:
    specs = parse_range(value)
    return None if specs is None else [(found.first, found.last) for found in select(specs, size)]


@pytest.mark.parametrize(("value", "expected"), SELECTED)
def test_what_a_range_selects(value: str, expected: list[tuple[int, int]]) -> None:
    assert selected(value) == expected


@pytest.mark.parametrize("value", IGNORED)
def test_what_is_no_byte_range_is_ignored(value: str) -> None:
    assert parse_range(value) is None


def test_more_ranges_than_the_limit_are_ignored() -> None:
    at_most = ",".join(f"{2 * n}-{2 * n}" for n in range(MAX_RANGES))
    assert len(parse_range(f"bytes={at_most}") or ()) == MAX_RANGES
    assert parse_range(f"bytes={at_most},900-") is None


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "none"),
        ("bytes=1-2", "bounded"),
        ("bytes=1-", "open"),
        ("bytes=-1", "suffix"),
        ("bytes=1-2,3-4", "several"),
        ("bytes=2-1", "invalid"),
        ("items=1-2", "invalid"),
    ],
)
def test_the_kind_of_a_range(value: str | None, kind: str) -> None:
    assert range_kind(value, parse_range(value) if value else None) == kind


def test_a_range_is_limited_from_its_start() -> None:
    assert ByteRange(200, 200_000).limited(100_000) == ByteRange(200, 100_199)
    assert ByteRange(5, 9).limited(100) == ByteRange(5, 9)


Pair = tuple[int | None, int | None]
positions = st.integers(0, 60)
specs: st.SearchStrategy[Pair] = st.one_of(
    st.tuples(positions, positions).map(lambda pair: (min(pair), max(pair))),
    st.tuples(positions, st.none()),
    st.tuples(st.none(), positions),
)


def naive(pairs: list[Pair], size: int) -> set[int]:
    """The positions that any of the specs asks for, one by one as the RFC describes them."""
    asked: set[int] = set()
    for first, last in pairs:
        for position in range(size):
            if first is None:
                wanted = position >= size - (last or 0)
            else:
                wanted = position >= first and (last is None or position <= last)
            if wanted:
                asked.add(position)
    return asked


def written(pairs: list[Pair]) -> str:
    return "bytes=" + ",".join(f"{'' if a is None else a}-{'' if b is None else b}" for a, b in pairs)


@given(st.lists(specs, min_size=1, max_size=8), st.integers(0, 50))
def test_every_byte_asked_for_is_selected_once(pairs: list[Pair], size: int) -> None:
    found = selected(written(pairs), size)
    assert found is not None
    positions = [position for first, last in found for position in range(first, last + 1)]
    assert sorted(positions) == sorted(naive(pairs, size))


@given(st.lists(specs, min_size=1, max_size=8), st.integers(1, 50))
def test_ranges_keep_the_order_asked_for(pairs: list[Pair], size: int) -> None:
    asked = [spec for first, last in pairs if (spec := RangeSpec(first, last).within(size))]
    places = [
        min(place for place, spec in enumerate(asked) if first <= spec.first and spec.last <= last)
        for first, last in selected(written(pairs), size) or ()
    ]
    assert places == sorted(places)


@given(st.text(alphabet="bytes=0123456789-, \tx", max_size=40).map("bytes={}".format))
def test_the_parser_accepts_just_the_grammar(value: str) -> None:
    member = r"(?:[0-9]+-[0-9]*|-[0-9]+)"
    grammar = rf"bytes=[ \t,]*{member}(?:[ \t]*,[ \t]*{member}|[ \t]*,)*[ \t]*"
    ordered = all(int(a) <= int(b) for a, b in re.findall(r"([0-9]+)-([0-9]+)", value))
    accepted = bool(re.fullmatch(grammar, value)) and ordered
    assert (parse_range(value) is not None) == accepted


@given(st.text())
def test_no_text_crashes_it(value: str) -> None:
    parse_range(value)
    parse_range(f"bytes={value}")
