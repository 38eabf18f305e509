"""The leaky bucket of each client."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.delivery.request_rate import RequestRate


def admitted(rate: RequestRate, times: list[float], client: str = "a") -> int:
    return sum(rate.admits(client, now) for now in times)


def test_as_many_at_once_as_a_second_has_and_the_one_that_comes_in_front() -> None:
    assert admitted(RequestRate(10), [0.0] * 100) == 11


def test_a_second_later_there_is_room_for_a_second_s_worth() -> None:
    rate = RequestRate(10)
    admitted(rate, [0.0] * 100)
    assert admitted(rate, [1.0] * 100) == 10


def test_who_keeps_to_the_rate_is_never_refused() -> None:
    assert admitted(RequestRate(10), [number / 10 for number in range(1000)]) == 1000


def test_clients_are_counted_by_themselves() -> None:
    rate = RequestRate(1)
    assert admitted(rate, [0.0] * 5, "a") == admitted(rate, [0.0] * 5, "b") == 2


def test_strangers_cost_a_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.delivery.request_rate._CLIENTS", 2)
    rate = RequestRate(1)
    admitted(rate, [0.0] * 5, "a")
    for name in ("b", "c"):
        rate.admits(name, 0.0)
    assert rate.admits("a", 0.0), "the one that asked least lately is forgotten"


@given(st.integers(1, 50), st.lists(st.floats(0, 10), max_size=300))
def test_never_more_than_the_rate_allows(limit: int, times: list[float]) -> None:
    assert admitted(RequestRate(limit), sorted(times)) <= limit * 10 + limit + 1
