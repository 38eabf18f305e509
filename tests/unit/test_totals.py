"""What deliveries add up to."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.delivery.record import Delivery
from service.delivery.totals import Row, Totals

deliveries = st.builds(
    Delivery,
    method=st.sampled_from(["GET", "HEAD", "BREW"]),
    path=st.just("/video.mp4"),
    route=st.sampled_from(["/video.mp4", "unmatched"]),
    status=st.sampled_from([200, 206, 404, 499]),
    range_kind=st.sampled_from([None, "none", "bounded"]),
    lane=st.sampled_from(["fast", "chunk", "exact"]),
    file_size=st.integers(0, 10**12),
    planned=st.integers(0, 10**12),
    sent=st.integers(0, 10**12),
    started=st.just(100.0),
    first_byte=st.sampled_from([None, 100.25]),
    ended=st.sampled_from([100.5, 5000.0]),
    complete=st.booleans(),
)


def rows(totals: Totals) -> dict[str, float]:
    """Flatten them, for a comparison that knows about rounding."""
    return {
        f"{kind} {name} {place}": number
        for kind, row in totals.rows.items()
        for name in Row.__slots__
        for place, number in enumerate(listed(getattr(row, name)))
    }


def listed(value: Any) -> list[float]:
    return value if isinstance(value, list) else [value]


def added(found: list[Delivery]) -> Totals:
    totals = Totals()
    for delivery in found:
        totals.add(delivery)
    return totals


def test_one_delivery_is_one_row() -> None:
    delivery = Delivery(
        "GET", "/x", route="/video.mp4", status=206, range_kind="open", lane="fast",
        planned=10, sent=7, started=1.0, first_byte=1.002, ended=3.0,
    )  # fmt: skip
    ((kind, row),) = added([delivery]).rows.items()
    assert kind == ("/video.mp4", "GET", "206", "open", "fast", "aborted")
    assert (row.number, row.planned, row.sent, row.delivery_seconds) == (1, 10, 7, 2.0)
    assert row.first_byte_counts[1] == 1


@pytest.mark.parametrize(
    ("status", "planned", "counted"), [(200, 90, 90), (206, 5, 90), (206, 0, 0), (416, 60, 0), (499, 0, 0)]
)
def test_the_size_of_a_file_counts_where_something_of_it_was_promised(
    status: int, planned: int, counted: int
) -> None:
    delivery = Delivery(
        "GET", "/", range_kind="none", status=status, planned=planned, file_size=90, ended=1.0
    )
    (row,) = added([delivery]).rows.values()
    assert row.file_bytes == counted


def test_sums_of_a_version_that_knew_no_file_sizes_are_read() -> None:
    written = added([Delivery("GET", "/", planned=9, sent=7, ended=1.0)]).as_json()
    assert Row.__slots__[-1] == "file_bytes"
    (row,) = Totals.from_json([line[:-1] for line in written]).rows.values()
    assert (row.sent, row.file_bytes) == (7, 0)


def test_methods_of_strangers_are_one() -> None:
    totals = added([Delivery(f"BREW{number}", "/", ended=1.0) for number in range(9)])
    assert [kind.method for kind in totals.rows] == ["other"]


@pytest.mark.parametrize(("seconds", "bucket"), [(0, 0), (0.005, 0), (0.0051, 1), (3600, 11), (3601, 12)])
def test_a_bound_belongs_to_the_bucket_below_it(seconds: float, bucket: int) -> None:
    row = Row()
    row.add(1, 1, seconds, None)
    assert row.delivery_counts.index(1) == bucket
    assert sum(row.first_byte_counts) == 0


@given(st.lists(deliveries), st.lists(deliveries))
def test_sums_of_parts_are_the_sum_of_all(some: list[Delivery], others: list[Delivery]) -> None:
    merged = added(some)
    merged.merge(added(others))
    assert rows(merged) == pytest.approx(rows(added(some + others)))


@given(st.lists(deliveries))
def test_what_is_written_down_is_read_again(found: list[Delivery]) -> None:
    totals = added(found)
    assert Totals.from_json(json.loads(json.dumps(totals.as_json()))).rows == totals.rows


def test_a_copy_does_not_change_with_the_original() -> None:
    totals = added([Delivery("GET", "/", ended=1.0)])
    copied = totals.copy()
    totals.merge(totals.copy())
    assert [row.number for row in copied.rows.values()] == [1]
    assert [row.number for row in totals.rows.values()] == [2]


@pytest.mark.parametrize("wrong", [None, 1, [1], [["a"]], [[*"abcdef", 1, 2, 3, 4.0, [1], 1.0, [1]]]])
def test_something_else_is_no_totals(wrong: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        Totals.from_json(wrong)
