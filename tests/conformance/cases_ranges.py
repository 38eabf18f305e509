"""One range (RFC 9110, sections 14.1, 14.2, 15.3.7.1)."""

from collections.abc import Iterator

from tests.conformance.expect import (
    any_206,
    not_multipart,
    part,
    refused,
    rejected,
    size_told,
    unsatisfiable,
    whole,
    whole_head,
)
from tests.conformance.model import Case, Facts, case, request, slug
from tests.conformance.rules import (
    CONTENT_RANGE,
    LIST,
    NO_MULTIPART,
    OWS,
    RANGE,
    RANGE_416,
    RANGE_INVALID,
    RANGE_METHOD,
    RANGE_NUMBERS,
    RANGE_UNIT,
    SEMANTICS,
    SIZE_416,
    Rule,
)

BIG = [2**32, 2**64, 10**30]
LISTED = ["0-4,", ",0-4", "0-4,,", "0-4\t,\t"]
INVALID = [
    *(
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=--5",
        "bytes=5-2",
        "bytes=0-b",
        "bytes=0-1,x",
        "bytes=0-1,5-2",
        "",
    ),
    *("bytes=0-1;2-3", "bytes=0 -1", "bytes=+0-1", "bytes=0_0-1_0", "bytes=\u00b2-5", "bytes 0-4", "0-4"),
    "bytes==0-4",
]
OTHER_UNITS = ["items=0-4", "none=0-4", "byte=0-4", "lines=1-2,5-6", "pages=iii-iv"]


def valid(facts: Facts) -> Iterator[tuple[str, int, int]]:
    """What is sent behind `bytes=`, and the range that it means."""
    size, last = facts.size, facts.last
    for first, end in [(0, 0), (0, 1), (500, 999), (200, 200_000)]:
        yield f"{first}-{end}", first, end
    yield from [
        ("0-", 0, last),
        (f"{last}-{last}", last, last),
        (f"{last}-", last, last),
        (f"1-{last}", 1, last),
    ]
    yield from [("-1", last, last), ("-500", size - 500, last), (f"-{size - 1}", 1, last)]
    # a last-pos or a suffix beyond the file means the remainder, or all of it (14.1.2)
    yield from [
        (f"0-{size}", 0, last),
        (f"{last}-{size}", last, last),
        (f"{size // 2}-99999999", size // 2, last),
    ]
    yield from [(f"-{size}", 0, last), (f"-{size + 1}", 0, last), ("00200-01000", 200, 1000)]


def selected(value: str, first: int, last: int, facts: Facts, rule: Rule | None = None) -> Case:
    """A request for one range, in some spelling; `rule` is about the spelling."""
    found = part(first, last)
    sent = request(facts, f"Range: {value}")
    claims = [rule(found | whole)] if rule else []
    return case(f"Range: {slug(value)}", sent, NO_MULTIPART(not_multipart), *claims, RANGE(found))


def one_range(facts: Facts) -> Iterator[Case]:
    """A single range, by the letter and by the grammar's freedom."""
    for text, first, last in valid(facts):
        yield selected(f"bytes={text}", first, last, facts)
    for unit in ("BYTES", "bYtEs"):  # range unit names are case-insensitive (14.1)
        yield selected(f"{unit}=0-4", 0, 4, facts)
    for text in LISTED:
        yield selected(f"bytes={text}", 0, 4, facts, LIST)
    # white space behind the = is in an example of 14.1.2
    yield selected("bytes= 0-4", 0, 4, facts)
    found = part(0, 4)
    for name, space in (("none", ""), ("spaces and tabs", " \t ")):
        sent = request(facts, f"Range:{space}bytes=0-4{space}")
        yield case(f"white space around the value: {name}", sent, OWS(found | whole), RANGE(found))
    for field in ("range", "RANGE"):
        yield case(f"{field}:", request(facts, f"{field}: bytes=0-4"), SEMANTICS(found | whole), RANGE(found))
    yield from _numbers(facts)


def _numbers(facts: Facts) -> Iterator[Case]:
    for number in BIG:
        yield selected(f"bytes=0-{number}", 0, facts.last, facts, RANGE_NUMBERS)
        yield selected(f"bytes=-{number}", 0, facts.last, facts, RANGE_NUMBERS)
    for value in (*(f"{number}-" for number in BIG), f"{2**64}-{2**64 + 4}"):
        sent = request(facts, f"Range: bytes={value}")
        yield case(
            f"Range: bytes={value}", sent, RANGE_NUMBERS(unsatisfiable | whole), RANGE_416(unsatisfiable)
        )


def no_range(facts: Facts) -> Iterator[Case]:
    """What is to be ignored, may be rejected, or selects nothing."""
    for value in INVALID:
        yield case(
            f"invalid: {slug(value)}", request(facts, f"Range: {value}"), RANGE_INVALID(whole | rejected)
        )
    for value in OTHER_UNITS:
        yield case(f"unit: {value}", request(facts, f"Range: {value}"), RANGE_UNIT(whole))
    for value in (f"{facts.size}-", f"{facts.size}-{facts.size + 9}", "99999999-", "-0", f"{facts.size}-,-0"):
        sent = request(facts, f"Range: bytes={value}")
        claims = (RANGE_416(unsatisfiable), SIZE_416(size_told))
        yield case(f"unsatisfiable: {value}", sent, *claims)
    for value in ("bytes=0-4", "bytes=99999999-", "bytes=0-4,1000-1004", "items=0-4"):
        sent = request(facts, f"Range: {value}", method="HEAD")
        yield case(f"HEAD: {value}", sent, RANGE_METHOD(whole_head))
    # several lines are no list (5.3), so it is the server's choice what to make of them
    for second in ("bytes=0-4", "bytes=1000-1004"):
        sent = request(facts, "Range: bytes=0-4", f"Range: {second}")
        yield case(f"two lines: {second}", sent, RANGE_INVALID(whole | refused | any_206()))
    yield case("Content-Range", request(facts, "Content-Range: bytes 0-4/10"), CONTENT_RANGE(whole))
    sent = request(facts, "Range: bytes=0-4", "Content-Range: bytes 0-9/10")
    yield case("Content-Range beside Range", sent, CONTENT_RANGE(whole | part(0, 4)))
