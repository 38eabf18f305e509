"""Numbers as people read them."""

import pytest

from service.catalogue.wording import amount, clock, iso_duration, rfc3339, shade


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (7.9, "0:07"), (59.99, "0:59"), (60, "1:00"), (754, "12:34"), (3723, "1:02:03")],
)
def test_a_duration_as_players_show_it(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_a_duration_for_machines() -> None:
    assert iso_duration(93.4) == "PT93S"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (255_849, "256 kB"),
        (99_949, "99.9 kB"),
        (99_950, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (4_700_000_000, "4.7 GB"),
        (10**21, "1000 EB"),
    ],
)
def test_an_amount_of_bytes(size: int, text: str) -> None:
    assert amount(size) == text


@pytest.mark.parametrize(
    ("rate", "text"), [(800, "800 bit/s"), (136_453, "136 kbit/s"), (5_200_000, "5.2 Mbit/s")]
)
def test_an_amount_of_something_else(rate: int, text: str) -> None:
    assert amount(rate, "bit/s") == text


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_700_000_000_999_999_999, "2023-11-14T22:13:20Z"),
        (-5 * 10**9, "1970-01-01T00:00:00Z"),
        (10**30, "9999-12-31T23:59:59Z"),
    ],
)
def test_a_time_for_machines(nanoseconds: int, text: str) -> None:
    assert rfc3339(nanoseconds) == text


def test_a_shade_is_always_the_same_and_one_of_those_there_are() -> None:
    assert {shade(f"text {number}", 6) for number in range(100)} == set(range(6))
    assert shade("Äpfel", 6) == shade("Äpfel", 6)
