"""Several ranges (RFC 9110, sections 14.2, 14.6, 15.3.7.2, 17.15)."""

from collections.abc import Iterator, Sequence

from tests.conformance.expect import (
    Range,
    answer,
    any_206,
    carried,
    in_order,
    parts,
    refused,
    unsatisfiable,
    whole,
)
from tests.conformance.model import Case, Facts, case, request, slug
from tests.conformance.rules import (
    IF_RANGE,
    IF_RANGE_TRUE,
    LIST,
    MODEST,
    PART_ORDER,
    PART_TYPE,
    RANGE,
    RANGE_416,
    RANGE_INVALID,
)

TWO = [(0, 4), (1000, 1004)]
SPACED = ["0-4\t,\t1000-1004", ",0-4,,1000-1004,"]
EGREGIOUS = {
    "three overlapping": "0-4,2-8,6-12",
    "a hundred times the file": ",".join(["0-"] * 100),
    "a thousand times the file": ",".join(["0-"] * 1000),
    "a hundred suffixes": ",".join(f"-{n}" for n in range(100, 0, -1)),
    "two hundred small, descending": ",".join(f"{n}-{n}" for n in range(80_000, 0, -400)),
    "a thousand single bytes": ",".join(f"{n}-{n}" for n in range(0, 2000, 2)),
}


def asked_for(facts: Facts) -> Iterator[tuple[str, Sequence[Range]]]:
    """What is sent behind `bytes=`, and the ranges that can be satisfied."""
    size, last, half = facts.size, facts.last, facts.size // 2
    yield "0-0,-1", [(0, 0), (last, last)]
    yield "0-4,1000-1004", TWO
    yield "2000-2004,0-4,1000-1004", [(2000, 2004), (0, 4), (1000, 1004)]
    yield " 0-999, 4500-5499, -1000", [(0, 999), (4500, 5499), (size - 1000, last)]
    yield "500-700,601-999", [(500, 700), (601, 999)]
    yield "0-99,50-60", [(0, 99), (50, 60)]
    yield "-5,0-4", [(size - 5, last), (0, 4)]
    yield f"{half}-{half + 99},{last - 99}-", [(half, half + 99), (last - 99, last)]
    yield "0-99999,150000-200000", [(0, 99_999), (150_000, 200_000)]
    yield "0-4,1000-999999999999999999999", [(0, 4), (1000, last)]
    yield f"0-4,{size}-", [(0, 4)]
    yield "-0,0-4", [(0, 4)]
    yield "0-4,99999999-,1000-1004", TWO
    yield ",".join(f"{n}-{n + 9}" for n in range(0, 5000, 500)), [(n, n + 9) for n in range(0, 5000, 500)]


def several(facts: Facts) -> Iterator[Case]:
    """Sets of ranges that are well-formed, and what a response to them must look like."""
    for text, ranges in asked_for(facts):
        found = parts(*ranges)
        sent = request(facts, f"Range: bytes={text}")
        yield case(slug(text), sent, RANGE(found), PART_ORDER(in_order(*ranges)))
    for text in SPACED:
        sent = request(facts, f"Range: bytes={text}")
        yield case(slug(text), sent, LIST(parts(*TWO) | whole), RANGE(parts(*TWO)))
    sent = request(facts, "Range: BYTES=0-4,1000-1004")
    yield case("BYTES", sent, RANGE(parts(*TWO)))
    sent = request(facts, "Range: bytes=0-4,1000-1004")
    yield case("Content-Type of each part", sent, PART_TYPE(whole | any_206(multipart=False) | typed_parts))
    yield from _conditional(facts)
    yield from _egregious(facts)


def _conditional(facts: Facts) -> Iterator[Case]:
    fields = "Range: bytes=0-4,1000-1004"
    sent = request(facts, fields, f"If-Range: {facts.etag}")
    yield case("If-Range matches", sent, IF_RANGE_TRUE(parts(*TWO)))
    yield case("If-Range does not match", request(facts, fields, 'If-Range: "other"'), IF_RANGE(whole))
    gone = request(facts, "Range: bytes=99999999-,-0", 'If-Range: "other"')
    yield case("unsatisfiable, If-Range does not match", gone, IF_RANGE(whole))


def _egregious(facts: Facts) -> Iterator[Case]:
    """More than two that overlap, and many small ones out of order, may be ignored or rejected."""
    for name, ranges in EGREGIOUS.items():
        sent = request(facts, f"Range: bytes={ranges}")
        yield case(name, sent, RANGE_INVALID(whole | refused | any_206()), MODEST(modest))
    invalid = request(facts, "Range: bytes=" + ",".join(["0-4"] * 50) + ",x")
    yield case("fifty and an invalid one", invalid, RANGE_INVALID(whole | refused))
    none = request(facts, "Range: bytes=" + ",".join(["99999999-"] * 50))
    yield case("fifty beyond the end", none, RANGE_416(whole | unsatisfiable | refused))


typed_parts = answer(
    "each part with the Content-Type of the 200",
    lambda found, facts: (
        {piece.content_type for piece in carried(found, facts)} == {facts.plain.value("Content-Type")}
    ),
)
modest = answer("no more than about the file's size", lambda found, facts: len(found.body) < 1.2 * facts.size)
