"""Preconditions and their order (RFC 9110, section 13)."""

import pytest

from service.semantics.dates import format_http_date
from service.semantics.etags import EntityTag
from service.semantics.fields import RequestFields
from service.semantics.preconditions import Verdict, evaluate, range_applies

ETAG = EntityTag('"a"')
MODIFIED = 1_700_000_000
NOW = MODIFIED + 1000

SAME, OTHER, WEAK = '"a"', '"b"', 'W/"a"'
THEN, EARLIER, LATER = (format_http_date(MODIFIED + shift) for shift in (0, -1, 1))

PROCEED, NOT_MODIFIED, FAILED = Verdict.PROCEED, Verdict.NOT_MODIFIED, Verdict.FAILED

CASES = [
    (RequestFields(), PROCEED),
    # each alone
    (RequestFields(if_match=SAME), PROCEED),
    (RequestFields(if_match=f"{OTHER}, {SAME}"), PROCEED),
    (RequestFields(if_match="*"), PROCEED),
    (RequestFields(if_match=OTHER), FAILED),
    (RequestFields(if_match=WEAK), FAILED),  # strong comparison
    (RequestFields(if_match="a"), FAILED),
    (RequestFields(if_match=""), FAILED),
    (RequestFields(if_unmodified_since=THEN), PROCEED),
    (RequestFields(if_unmodified_since=LATER), PROCEED),
    (RequestFields(if_unmodified_since=EARLIER), FAILED),
    (RequestFields(if_unmodified_since="nonsense"), PROCEED),
    (RequestFields(if_none_match=OTHER), PROCEED),
    (RequestFields(if_none_match=SAME), NOT_MODIFIED),
    (RequestFields(if_none_match=WEAK), NOT_MODIFIED),  # weak comparison
    (RequestFields(if_none_match=f"{OTHER}, {WEAK}"), NOT_MODIFIED),
    (RequestFields(if_none_match="*"), NOT_MODIFIED),
    (RequestFields(if_none_match="a"), PROCEED),
    (RequestFields(if_modified_since=THEN), NOT_MODIFIED),
    (RequestFields(if_modified_since=LATER), NOT_MODIFIED),
    (RequestFields(if_modified_since=EARLIER), PROCEED),
    (RequestFields(if_modified_since="nonsense"), PROCEED),
    # the order: If-Match before all, dates only in the absence of tags
    (RequestFields(if_match=SAME, if_unmodified_since=EARLIER), PROCEED),
    (RequestFields(if_match=OTHER, if_unmodified_since=LATER), FAILED),
    (RequestFields(if_match=OTHER, if_none_match=SAME), FAILED),
    (RequestFields(if_match=SAME, if_none_match=SAME), NOT_MODIFIED),
    (RequestFields(if_none_match=OTHER, if_modified_since=LATER), PROCEED),
    (RequestFields(if_none_match=SAME, if_modified_since=EARLIER), NOT_MODIFIED),
    (RequestFields(if_unmodified_since=EARLIER, if_none_match=SAME), FAILED),
    (RequestFields(if_unmodified_since=LATER, if_modified_since=THEN), NOT_MODIFIED),
]

IF_RANGE = [
    (None, True),
    (SAME, True),
    (OTHER, False),
    (WEAK, False),
    (f"{SAME}, {OTHER}", False),
    (THEN, True),
    (EARLIER, False),
    (LATER, False),  # no "not later than" here: it has to be the very validator
    ("nonsense", False),
    ("", False),
    ("*", False),
]


@pytest.mark.parametrize(("fields", "verdict"), CASES)
def test_the_verdict(fields: RequestFields, verdict: Verdict) -> None:
    assert evaluate(fields, ETAG, MODIFIED, now=NOW) is verdict


@pytest.mark.parametrize(("if_range", "applies"), IF_RANGE)
def test_when_if_range_lets_the_range_apply(if_range: str | None, *, applies: bool) -> None:
    assert range_applies(if_range, ETAG, MODIFIED, now=NOW) is applies


def test_a_weak_representation_never_matches_if_range() -> None:
    assert not range_applies(WEAK, EntityTag('"a"', weak=True), MODIFIED, now=NOW)


def test_a_date_is_no_strong_validator_while_its_second_lasts() -> None:
    assert not range_applies(THEN, ETAG, MODIFIED, now=MODIFIED)
    assert range_applies(THEN, ETAG, MODIFIED, now=MODIFIED + 1)


def test_several_lines_of_a_field_are_one_list() -> None:
    lines = [(b"if-none-match", b'"b"'), (b"host", b"x"), (b"if-none-match", b'\t"a" ')]
    assert RequestFields.from_lines(lines) == RequestFields(if_none_match='"b", "a"')


def test_several_lines_of_a_date_are_no_date() -> None:
    lines = [(b"if-modified-since", LATER.encode())] * 2
    fields = RequestFields.from_lines(lines)
    assert evaluate(fields, ETAG, MODIFIED, now=NOW) is PROCEED
