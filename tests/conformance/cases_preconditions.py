"""Preconditions with entity-tags, and their order (RFC 9110, sections 13.1.1, 13.1.2, 13.2)."""

from collections.abc import Iterator

from tests.conformance.cases_if_range import other_tags
from tests.conformance.expect import beside, failed, not_modified, part, refused, whole, whole_head
from tests.conformance.model import DAY, Case, Facts, case, request
from tests.conformance.rules import (
    COMBINED,
    CONDITION_TRUE,
    IF_MATCH,
    IF_NONE_MATCH,
    LIST,
    NO_SELECTION,
    NORMAL_CHECKS,
    ORDER,
    RANGE_LATER,
    SINCE_BESIDE,
    STRONG,
    UNSINCE_BESIDE,
    WEAK,
    Rule,
)

RANGES = ["bytes=0-4", "bytes=99999999-", "bytes=0-4,1000-1004"]
CONDITIONS = ['If-Match: "other"', "If-None-Match: *", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT"]


def lists_with(tag: str) -> dict[str, str]:
    """Lists that the tag is in, in all the ways that the grammar allows (5.6.1.2, 8.8.3)."""
    many = ", ".join(f'"{n}"' for n in range(50))
    return {
        "first": f'{tag}, "other"',
        "last, tight": f'"a","b",{tag}',
        "last, with tabs": f'"other"\t,\t{tag}',
        "behind an empty member": f", {tag}",
        "before empty members": f"{tag},,",
        "behind a comma in a tag": f'"a,b", {tag}',
        "behind a backslash in a tag": f'"x\\", {tag}',
        "behind octets beyond ASCII": f'"\xe9", {tag}',
        "behind weak ones": f'W/"a", W/"b", {tag}',
        "behind fifty": f"{many}, {tag}",
    }


def if_none_match(facts: Facts) -> Iterator[Case]:
    """304 where one matches weakly, the method where none does."""
    tag = facts.etag
    for name, value, rule in [
        ("the tag", tag, IF_NONE_MATCH),
        ("weak", f"W/{tag}", WEAK),
        ("*", "*", IF_NONE_MATCH),
    ]:
        yield from _false(name, f"If-None-Match: {value}", facts, rule)
    weak_last = request(facts, f'If-None-Match: "other", W/{tag}')
    yield case("If-None-Match: weak, last", weak_last, WEAK(not_modified))
    for name, value in lists_with(tag).items():
        rule = LIST if "empty member" in name else IF_NONE_MATCH
        yield case(f"If-None-Match: {name}", request(facts, f"If-None-Match: {value}"), rule(not_modified))
    two = request(facts, 'If-None-Match: "other"', f"If-None-Match: {tag}")
    yield case("If-None-Match: two lines", two, IF_NONE_MATCH(not_modified | refused), COMBINED(not_modified))
    others = {name: other for name, other in other_tags(facts).items() if name != "the tag, but weak"}
    for name, value in {**others, "a quoted star": '"*"', "several others": '"a", W/"b", "c"'}.items():
        yield case(f"If-None-Match: {name}", request(facts, f"If-None-Match: {value}"), CONDITION_TRUE(whole))
    head = request(facts, 'If-None-Match: "other"', method="HEAD")
    yield case("If-None-Match: another tag, HEAD", head, CONDITION_TRUE(whole_head))


def _false(name: str, field: str, facts: Facts, rule: Rule) -> Iterator[Case]:
    yield case(f"If-None-Match: {name}", request(facts, field), rule(not_modified))
    yield case(f"If-None-Match: {name}, HEAD", request(facts, field, method="HEAD"), rule(not_modified))
    for ranges in RANGES if name == "the tag" else RANGES[:1]:
        sent = request(facts, f"Range: {ranges}", field)
        yield case(f"If-None-Match: {name}, {ranges}", sent, RANGE_LATER(not_modified))


def if_match(facts: Facts) -> Iterator[Case]:
    """The method where one matches strongly, 412 where none does."""
    for name, value in {"*": "*", "the tag": facts.etag}.items():
        yield case(f"If-Match: {name}", request(facts, f"If-Match: {value}"), CONDITION_TRUE(whole))
        sent = request(facts, f"If-Match: {value}", "Range: bytes=0-4")
        yield case(f"If-Match: {name}, Range", sent, CONDITION_TRUE(part(0, 4) | whole))
    head = request(facts, "If-Match: *", method="HEAD")
    yield case("If-Match: *, HEAD", head, CONDITION_TRUE(whole_head))
    for name, value in list(lists_with(facts.etag).items())[:5]:
        rule = LIST if "empty member" in name else CONDITION_TRUE
        yield case(f"If-Match: {name}", request(facts, f"If-Match: {value}"), rule(whole))
    two = request(facts, 'If-Match: "other"', f"If-Match: {facts.etag}")
    yield case("If-Match: two lines", two, CONDITION_TRUE(whole | refused), COMBINED(whole))
    for name, value in {
        **other_tags(facts),
        "a quoted star": '"*"',
        "several": f'"a", W/{facts.etag}',
    }.items():
        rule = STRONG if "W/" in value else IF_MATCH
        yield case(f"If-Match: {name}", request(facts, f"If-Match: {value}"), rule(failed))
    yield case("If-Match: HEAD", request(facts, 'If-Match: "other"', method="HEAD"), IF_MATCH(failed))
    for ranges in RANGES:
        sent = request(facts, f"Range: {ranges}", 'If-Match: "other"')
        yield case(f"If-Match: another tag, {ranges}", sent, RANGE_LATER(failed))


def order(facts: Facts) -> Iterator[Case]:
    """Several conditions at once, and those that do not count."""
    tag, old, new = facts.etag, facts.date(-DAY), facts.date()
    table = [
        ([f"If-Match: {tag}", f"If-None-Match: {tag}"], ORDER(not_modified)),
        (['If-Match: "other"', f"If-None-Match: {tag}"], ORDER(failed)),
        ([f"If-None-Match: {tag}", 'If-Match: "other"'], ORDER(failed)),
        ([f"If-Match: {tag}", 'If-None-Match: "other"'], ORDER(whole)),
        ([f"If-Match: {tag}", f"If-Unmodified-Since: {old}"], UNSINCE_BESIDE(whole)),
        (['If-Match: "other"', f"If-Unmodified-Since: {new}"], UNSINCE_BESIDE(failed)),
        ([f"If-None-Match: {tag}", f"If-Modified-Since: {old}"], SINCE_BESIDE(not_modified)),
        (['If-None-Match: "other"', f"If-Modified-Since: {new}"], SINCE_BESIDE(whole)),
        ([f"If-Unmodified-Since: {old}", f"If-None-Match: {tag}"], ORDER(failed)),
        ([f"If-Unmodified-Since: {new}", f"If-None-Match: {tag}"], ORDER(not_modified)),
        ([f"If-Unmodified-Since: {new}", 'If-None-Match: "other"'], ORDER(whole)),
        ([f"If-Unmodified-Since: {old}", f"If-Modified-Since: {new}"], ORDER(failed)),
        ([f"If-Match: {tag}", f"If-Modified-Since: {old}"], ORDER(whole)),
    ]
    for number, (fields, claim) in enumerate(table, 1):
        names = " and ".join(field.partition(":")[0] for field in fields)
        yield case(f"order {number}: {names}", request(facts, *fields), claim)
    for condition in CONDITIONS:
        yield from _not_counted(condition, facts)


def _not_counted(condition: str, facts: Facts) -> Iterator[Case]:
    name = condition.partition(":")[0]
    missing = request(facts, condition, target=facts.missing)
    yield case(f"404 and {name}", missing, NORMAL_CHECKS(beside(200, 206, 304, 412)))
    post = request(facts, condition, "Content-Length: 0", method="POST")
    yield case(f"POST and {name}", post, NORMAL_CHECKS(beside(206, 304, 412)))
    options = request(facts, condition, method="OPTIONS")
    yield case(f"OPTIONS and {name}", options, NO_SELECTION(beside(304, 412)))
