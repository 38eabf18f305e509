"""What deliveries add up to."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.delivery.record import Delivery
from service.delivery.totals import DELIVERY_BUCKETS, Distribution, Totals

deliveries = st.builds(
    Delivery,
    method=st.sampled_from(["GET", "HEAD", "BREW"]),
    path=st.just("/video.mp4"),
    route=st.sampled_from(["/video.mp4", "unmatched"]),
    status=st.sampled_from([200, 206, 404, 499]),
    range_kind=st.sampled_from([None, "none", "bounded"]),
    lane=st.sampled_from(["fast", "chunk", "exact"]),
    planned=st.integers(0, 10**12),
    sent=st.integers(0, 10**12),
    started=st.just(100.0),
    first_byte=st.sampled_from([None, 100.25]),
    ended=st.sampled_from([100.5, 5000.0]),
    complete=st.booleans(),
)


def added(found: list[Delivery]) -> Totals:
    totals = Totals()
    for delivery in found:
        totals.add(delivery)
    return totals


def test_one_delivery_counts_once_everywhere() -> None:
    delivery = Delivery(
        "GET", "/x", route="/video.mp4", status=206, range_kind="open", lane="fast",
        planned=10, sent=7, started=1.0, first_byte=1.002, ended=3.0,
    )  # fmt: skip
    totals = added([delivery])
    assert totals.requests == {("/video.mp4", "GET", "206"): 1}
    assert totals.deliveries == {("/video.mp4", "206", "open", "aborted"): 1}
    assert (totals.planned_bytes, totals.delivered_bytes) == ({("/video.mp4",): 10}, {("/video.mp4",): 7})
    assert totals.lanes == {("fast",): 1}
    assert totals.delivery_seconds["/video.mp4",].sum == 2.0
    assert totals.first_byte_seconds["/video.mp4",].counts[1] == 1


def test_what_is_not_about_a_file_is_a_request_and_bytes() -> None:
    totals = added([Delivery("GET", "/", route="/", status=200, planned=5, sent=5, ended=1.0)])
    assert totals.requests == {("/", "GET", "200"): 1}
    assert not totals.deliveries
    assert not totals.lanes


@pytest.mark.parametrize(("seconds", "bucket"), [(0, 0), (0.005, 0), (0.0051, 1), (3600, 11), (3601, 12)])
def test_a_bound_belongs_to_the_bucket_below_it(seconds: float, bucket: int) -> None:
    distribution = Distribution.over(DELIVERY_BUCKETS)
    distribution.observe(seconds, DELIVERY_BUCKETS)
    assert distribution.counts.index(1) == bucket


@given(st.lists(deliveries), st.lists(deliveries))
def test_sums_of_parts_are_the_sum_of_all(some: list[Delivery], others: list[Delivery]) -> None:
    merged = added(some)
    merged.merge(added(others))
    assert merged == added(some + others)


@given(st.lists(deliveries))
def test_what_is_written_down_is_read_again(found: list[Delivery]) -> None:
    totals = added(found)
    assert Totals.from_json(json.loads(json.dumps(totals.as_json()))) == totals


def test_a_copy_does_not_change_with_the_original() -> None:
    totals = added([Delivery("GET", "/", ended=1.0)])
    copied = totals.copy()
    totals.merge(totals.copy())
    assert sum(copied.requests.values()) == 1
    assert sum(totals.requests.values()) == 2


@pytest.mark.parametrize("wrong", [{}, {"requests": [1]}, {"requests": [[["a"], "x"]]}])
def test_something_else_is_no_totals(wrong: dict[str, list[object]]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Totals.from_json(wrong)
