"""Entity-tags (RFC 9110, sections 8.8.3 and 5.6.1.2)."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.semantics.etags import EntityTag, parse_entity_tag, parse_entity_tags

A, B = EntityTag('"a"'), EntityTag('"b"')
WEAK_A = EntityTag('"a"', weak=True)

LISTS = [
    ('"a"', (A,)),
    ('W/"a"', (WEAK_A,)),
    ('"a", "b"', (A, B)),
    ('"a","b"', (A, B)),
    ('"a"\t ,\t "b"', (A, B)),
    (', "a", , "b",', (A, B)),
    ('""', (EntityTag('""'),)),
    ('"a,b"', (EntityTag('"a,b"'),)),
    ('"\xe9"', (EntityTag('"\xe9"'),)),
]
NO_LISTS = [
    "",
    ",",
    "a",
    "'a'",
    '"a',
    'a"',
    'w/"a"',
    'W/ "a"',
    '"a" "b"',
    '"a", b',
    '"a b"',
    '"a", *',
    '"a\x7f"',
]


@pytest.mark.parametrize(("text", "tags"), LISTS)
def test_lists_are_read(text: str, tags: tuple[EntityTag, ...]) -> None:
    assert parse_entity_tags(text) == tags


@pytest.mark.parametrize("text", NO_LISTS)
def test_a_text_outside_the_grammar_has_no_members(text: str) -> None:
    assert parse_entity_tags(text) == ()


@pytest.mark.parametrize(("text", "tag"), [('"a"', A), ('W/"a"', WEAK_A), ('"a", "b"', None), ("a", None)])
def test_one_tag_is_read(text: str, tag: EntityTag | None) -> None:
    assert parse_entity_tag(text) == tag


@pytest.mark.parametrize(
    ("one", "other", "strong", "weak"),
    [
        (WEAK_A, WEAK_A, False, True),
        (WEAK_A, EntityTag('"b"', weak=True), False, False),
        (WEAK_A, A, False, True),
        (A, A, True, True),
        (A, B, False, False),
    ],
)
def test_the_two_comparisons(one: EntityTag, other: EntityTag, *, strong: bool, weak: bool) -> None:
    """The table of RFC 9110, section 8.8.3.2."""
    assert (one.strongly_matches(other), one.weakly_matches(other)) == (strong, weak)


@given(st.text())
def test_no_text_crashes_it(text: str) -> None:
    assert all(str(tag) in text for tag in parse_entity_tags(text))


@pytest.mark.parametrize(
    "hostile", ['"a"' + " ," * 8000 + "x", " ," * 8000 + "x", '"a" ' * 4000, '"' * 16000]
)
def test_a_hostile_list_costs_no_more_than_its_length(hostile: str) -> None:
    """Backtracking would take longer than the age of the universe, so the bound can be generous."""
    started = time.perf_counter()
    assert parse_entity_tags(hostile) == ()
    assert time.perf_counter() - started < 5
