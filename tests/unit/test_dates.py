"""HTTP-date in its three formats (RFC 9110, section 5.6.7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.semantics.dates import format_http_date, parse_http_date

NOV_1994 = 784_111_777
NOW = 1_800_000_000  # January 2027

VALID = [
    ("Sun, 06 Nov 1994 08:49:37 GMT", NOV_1994),
    ("Sunday, 06-Nov-94 08:49:37 GMT", NOV_1994),
    ("Sun Nov  6 08:49:37 1994", NOV_1994),
    ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
    ("Thu, 29 Feb 2024 00:00:00 GMT", 1_709_164_800),
    ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),  # a leap second
    ("Friday, 01-Jan-77 00:00:00 GMT", 3_376_684_800),  # 49 years and some ahead: still the future
    ("Friday, 01-Jan-78 00:00:00 GMT", 252_460_800),  # more than 50 years ahead: the past
]
INVALID = [
    "",
    "yesterday",
    "784111777",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "sun, 06 nov 1994 08:49:37 gmt",
    "Sun, 06 Nov 1994 8:49:37 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Nov 1994 08:60:00 GMT",
    "Sun, 06 Nov 1994 08:49:61 GMT",
    "Sun, 31 Feb 1994 08:49:37 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 0000 08:49:37 GMT",
    "Sunday, 06-Nov-1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT ",
    "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
    "Sun, ٠٦ Nov 1994 08:49:37 GMT",
]


@pytest.mark.parametrize(("text", "timestamp"), VALID)
def test_valid_dates_are_read(text: str, timestamp: int) -> None:
    assert parse_http_date(text, now=NOW) == timestamp


@pytest.mark.parametrize("text", INVALID)
def test_other_texts_are_no_dates(text: str) -> None:
    assert parse_http_date(text, now=NOW) is None


@given(st.integers(0, 253_402_300_799))
def test_what_is_formatted_reads_back(timestamp: int) -> None:
    assert parse_http_date(format_http_date(timestamp), now=NOW) == timestamp


@given(st.text())
def test_no_text_crashes_it(text: str) -> None:
    assert parse_http_date(text, now=NOW) is None
