"""If-Range (RFC 9110, section 13.1.5)."""

from collections.abc import Iterator

from tests.conformance.expect import failed, not_modified, part, unsatisfiable, whole, whole_head
from tests.conformance.model import DAY, Case, Facts, asctime, case, imf, request, rfc850, slug
from tests.conformance.rules import (
    DATE_FORMATS,
    IF_RANGE,
    IF_RANGE_ALONE,
    IF_RANGE_GARBAGE,
    IF_RANGE_TRUE,
    ORDER,
    OWS,
    RANGE_METHOD,
    RANGE_UNIT,
    SEMANTICS,
)

RANGE = "Range: bytes=0-4"
FIVE = part(0, 4)


def other_tags(facts: Facts) -> dict[str, str]:
    """Entity-tags that do not match strongly."""
    tag = facts.etag
    return {
        "another tag": '"other"',
        "the tag, but weak": f"W/{tag}",
        "the tag in other case": tag.swapcase() if tag.swapcase() != tag else '"OTHER"',
        "the tag and more": f'{tag[:-1]}x"',
        "less than the tag": f'{tag[:-2]}"',
        "the empty tag": '""',
    }


def if_range(facts: Facts) -> Iterator[Case]:
    """With a range: entity-tags, dates, what is neither; without one; beside other conditions."""
    size, last = facts.size, facts.last
    for text, found in {"0-4": FIVE, "1-": part(1, last), "-5": part(size - 5, last)}.items():
        sent = request(facts, f"Range: bytes={text}", f"If-Range: {facts.etag}")
        yield case(f"the tag: bytes={text}", sent, IF_RANGE_TRUE(found))
    sent = request(facts, f"IF-RANGE:\t {facts.etag} \t", RANGE)
    yield case("white space around the tag", sent, OWS(FIVE | whole), IF_RANGE_TRUE(FIVE))
    for name, tag in other_tags(facts).items():
        yield case(name, request(facts, RANGE, f"If-Range: {tag}"), IF_RANGE(whole))
    for value in (facts.etag.strip('"'), f'"other", {facts.etag}', "*", "yesterday"):
        yield case(
            f"garbage: {slug(value)}", request(facts, RANGE, f"If-Range: {value}"), IF_RANGE_GARBAGE(whole)
        )
    yield from _dates(facts)
    yield from _alone(facts)
    yield from _beside(facts)


def _dates(facts: Facts) -> Iterator[Case]:
    sent = request(facts, RANGE, f"If-Range: {facts.date()}")
    yield case("the date", sent, IF_RANGE_TRUE(FIVE))
    for form in (rfc850, asctime):
        # "exactly matches" may be read of the text or of the time
        sent = request(facts, RANGE, f"If-Range: {form(facts.modified)}")
        yield case(f"the date as {form.__name__}", sent, DATE_FORMATS(FIVE | whole))
    for offset in (-DAY, -1, 1, DAY):
        sent = request(facts, RANGE, f"If-Range: {facts.date(offset)}")
        yield case(f"the date {offset:+} s", sent, IF_RANGE(whole))
    yield case("the epoch", request(facts, RANGE, f"If-Range: {imf(0)}"), IF_RANGE(whole))


def _alone(facts: Facts) -> Iterator[Case]:
    for value in ('"other"', facts.date(-DAY), "garbage"):
        yield case(
            f"without Range: {slug(value)}", request(facts, f"If-Range: {value}"), IF_RANGE_ALONE(whole)
        )
    sent = request(facts, f"If-Range: {facts.etag}", RANGE, method="HEAD")
    yield case("HEAD", sent, RANGE_METHOD(whole_head))


def _beside(facts: Facts) -> Iterator[Case]:
    tag = f"If-Range: {facts.etag}"
    sent = request(facts, "Range: bytes=99999999-", tag)
    yield case("unsatisfiable", sent, SEMANTICS(unsatisfiable | whole))
    yield case("unknown unit", request(facts, "Range: items=0-4", tag), RANGE_UNIT(whole))
    sent = request(facts, RANGE, tag, f"If-None-Match: {facts.etag}")
    yield case("beside If-None-Match", sent, ORDER(not_modified))
    yield case("beside If-Match", request(facts, RANGE, tag, 'If-Match: "other"'), ORDER(failed))
    both = request(facts, RANGE, tag, f"If-Match: {facts.etag}", 'If-None-Match: "other"')
    yield case("beside conditions that are true", both, ORDER(FIVE | whole), IF_RANGE_TRUE(FIVE))
