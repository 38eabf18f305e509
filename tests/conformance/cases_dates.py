"""Preconditions with dates (RFC 9110, sections 5.6.7, 13.1.3, 13.1.4)."""

from collections.abc import Iterator
from datetime import UTC, datetime

from tests.conformance.expect import failed, not_modified, part, refused, whole, whole_head
from tests.conformance.model import DAY, Case, Facts, asctime, case, request, rfc850, slug
from tests.conformance.rules import (
    CONDITION_TRUE,
    DATE_FORMATS,
    RANGE_LATER,
    SINCE_304,
    SINCE_INVALID,
    TWO_DIGIT_YEAR,
    UNSINCE,
    UNSINCE_INVALID,
)

# Nearly dates, and none at all. A lenient reader would take {year} for a year long past, or one far ahead.
INVALID = [
    "Fri, 01 Jan {year} 00:00:00",
    "Fri, 01 Jan {year} 00:00:00 +0000",
    "fri, 01 jan {year} 00:00:00 gmt",
    "Fri, 32 Jan {year} 00:00:00 GMT",
    "{year}-01-01T00:00:00Z",
    "0",
    "",
]


def if_modified_since(facts: Facts) -> Iterator[Case]:
    """304 where the file is no newer than the date."""
    name = "If-Modified-Since"
    for offset in (0, 1, DAY, 3650 * DAY):
        sent = request(facts, f"{name}: {facts.date(offset)}")
        yield case(f"{name}: {offset:+} s", sent, SINCE_304(not_modified))
    for offset in (-1, -DAY):
        yield case(
            f"{name}: {offset:+} s", request(facts, f"{name}: {facts.date(offset)}"), CONDITION_TRUE(whole)
        )
    head = request(facts, f"{name}: {facts.date()}", method="HEAD")
    yield case(f"{name}: HEAD", head, SINCE_304(not_modified))
    head = request(facts, f"{name}: {facts.date(-DAY)}", method="HEAD")
    yield case(f"{name}: HEAD, earlier", head, CONDITION_TRUE(whole_head))
    sent = request(facts, f"{name}: {facts.date()}", "Range: bytes=0-4")
    yield case(f"{name}: Range", sent, SINCE_304(not_modified))
    for form in (rfc850, asctime):
        same, earlier = form(facts.modified), form(facts.modified - DAY)
        yield case(f"{name}: {form.__name__}", request(facts, f"{name}: {same}"), DATE_FORMATS(not_modified))
        yield case(
            f"{name}: {form.__name__}, earlier", request(facts, f"{name}: {earlier}"), CONDITION_TRUE(whole)
        )
    sent = request(facts, f"{name}: {_two_digit_year()}")
    yield case(f"{name}: a two-digit year", sent, TWO_DIGIT_YEAR(whole))
    for text in INVALID:
        value = text.format(year=2100)
        yield case(f"{name}: {slug(value)}", request(facts, f"{name}: {value}"), SINCE_INVALID(whole))
    twice = f"{name}: {facts.date()}"
    yield case(f"{name}: two members", request(facts, f"{twice}, {facts.date()}"), SINCE_INVALID(whole))
    yield case(f"{name}: two lines", request(facts, twice, twice), SINCE_INVALID(whole | refused))


def if_unmodified_since(facts: Facts) -> Iterator[Case]:
    """412 where the file is newer than the date."""
    name = "If-Unmodified-Since"
    for offset in (0, 1, 3650 * DAY):
        yield case(
            f"{name}: {offset:+} s", request(facts, f"{name}: {facts.date(offset)}"), CONDITION_TRUE(whole)
        )
    for offset in (-1, -DAY):
        yield case(f"{name}: {offset:+} s", request(facts, f"{name}: {facts.date(offset)}"), UNSINCE(failed))
    head = request(facts, f"{name}: {facts.date(-DAY)}", method="HEAD")
    yield case(f"{name}: HEAD", head, UNSINCE(failed))
    for ranges in ("bytes=0-4", "bytes=99999999-"):
        sent = request(facts, f"{name}: {facts.date(-DAY)}", f"Range: {ranges}")
        yield case(f"{name}: {ranges}", sent, RANGE_LATER(failed))
    sent = request(facts, f"{name}: {facts.date()}", "Range: bytes=0-4")
    yield case(f"{name}: true, Range", sent, CONDITION_TRUE(part(0, 4) | whole))
    for form in (rfc850, asctime):
        same, earlier = form(facts.modified), form(facts.modified - DAY)
        yield case(f"{name}: {form.__name__}", request(facts, f"{name}: {same}"), DATE_FORMATS(whole))
        yield case(
            f"{name}: {form.__name__}, earlier", request(facts, f"{name}: {earlier}"), DATE_FORMATS(failed)
        )
    sent = request(facts, f"{name}: {_two_digit_year()}")
    yield case(f"{name}: a two-digit year", sent, TWO_DIGIT_YEAR(failed))
    for text in INVALID:
        value = text.format(year=1993)
        yield case(f"{name}: {slug(value)}", request(facts, f"{name}: {value}"), UNSINCE_INVALID(whole))


def _two_digit_year() -> str:
    """An rfc850-date whose year, read as one of this century, is 60 years ahead; it means 40 years ago."""
    year = datetime.now(UTC).year - 40
    return rfc850(int(datetime(year, 6, 1, 12, tzinfo=UTC).timestamp()))
