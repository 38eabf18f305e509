"""Searching and sorting a library."""

import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.catalogue.query import SORTS, Query, Selection, Shelf, fold
from service.library import Entry

DURATIONS = {"a.mp4": 30.0, "Reise/Episode 10.mp4": 10.0, "Reise/Episode 2.mp4": None, "Äpfel.mp4": 20.0}


def entry(file: str, size: int = 1, modified: int = 1) -> Entry:
    title = file.rpartition("/")[2].removesuffix(".mp4")
    return Entry(file.replace("/", "--"), file, title, size, modified, "video/mp4")


ENTRIES = [
    entry("a.mp4", size=3, modified=1),
    entry("Äpfel.mp4", size=1, modified=4),
    entry("Reise/Episode 2.mp4", size=4, modified=2),
    entry("Reise/Episode 10.mp4", size=2, modified=3),
]


def shelf(entries: Sequence[Entry] = ENTRIES) -> Shelf:
    return Shelf(entries, lambda video: DURATIONS[video.file])


def files(selection: Selection) -> list[str]:
    return [found.file for found in selection.entries]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["a.mp4", "Äpfel.mp4", "Reise/Episode 2.mp4", "Reise/Episode 10.mp4"]),
        ("apfel", ["Äpfel.mp4"]),
        ("ÄPFEL", ["Äpfel.mp4"]),
        ("A\u0308pf", ["Äpfel.mp4"]),
        ("reise", ["Reise/Episode 2.mp4", "Reise/Episode 10.mp4"]),
        ("  10   episode ", ["Reise/Episode 10.mp4"]),
        ("reise a", []),
        ("mp4", []),
        ("*", []),
    ],
)
def test_all_words_have_to_be_in_title_or_folder(text: str, found: list[str]) -> None:
    assert files(shelf().select(Query(text))) == found


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", "a Äpfel 2 10"),
        ("title", "a Äpfel 2 10"),
        ("modified", "a 2 10 Äpfel"),
        ("size", "Äpfel 10 a 2"),
        ("duration", "10 Äpfel a 2"),
    ],
)
def test_sorting(sort: str, order: str) -> None:
    found = shelf().select(Query(sort=sort)).entries  # type: ignore[arg-type]
    assert " ".join(video.title.removeprefix("Episode ") for video in found) == order


def test_what_has_no_duration_comes_last_both_ways() -> None:
    for descending in (False, True):
        assert (
            files(shelf().select(Query(sort="duration", descending=descending)))[-1] == "Reise/Episode 2.mp4"
        )


def test_durations_that_come_later_count_in_a_later_edition() -> None:
    durations: dict[str, float] = {}
    late = Shelf(ENTRIES, lambda video: durations.get(video.file))
    late.select(Query(sort="duration"), edition=1)
    durations["Reise/Episode 10.mp4"] = 1.0
    assert files(late.select(Query(sort="duration"), edition=1))[0] == "a.mp4"
    assert files(late.select(Query(sort="duration"), edition=2))[0] == "Reise/Episode 10.mp4"


@given(
    sort=st.sampled_from(SORTS),
    descending=st.booleans(),
    text=st.sampled_from(["", "e", "reise"]),
    limit=st.integers(1, 6),
)
def test_the_pages_are_the_whole_without_gap_or_overlap(
    sort: str,
    descending: bool,  # noqa: FBT001
    text: str,
    limit: int,
) -> None:
    def page(number: int, size: int) -> Selection:
        return shelf().select(Query(text, sort, descending, number, size))  # type: ignore[arg-type]

    whole = page(1, 100)
    pages = [page(number, limit) for number in range(1, page(1, limit).pages + 1)]
    assert [file for one in pages for file in files(one)] == files(whole)
    assert {one.total for one in pages} == {len(whole.entries)}


def test_a_page_behind_the_last_is_empty() -> None:
    assert shelf().select(Query(page=9, limit=3)) == Selection((), 4, 9, 2)


def test_there_is_a_first_page_of_nothing() -> None:
    assert shelf([]).select(Query()) == Selection((), 0, 1, 1)


def test_neighbours_are_those_of_the_natural_order() -> None:
    first, second, third, _ = ENTRIES
    assert shelf().neighbours(first.id) == (None, second)
    assert shelf().neighbours(second.id) == (first, third)
    assert shelf().neighbours("nix") == (None, None)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_100_000_videos_are_found_in_a_moment() -> None:
    """What a request costs; the order itself is made once for each version of the library."""
    entries = [entry(f"Series {n // 50}/Episode {n % 50}.mp4", size=n) for n in range(100_000)]
    many = Shelf(entries, lambda _: 1.0)
    for sort in SORTS:
        many.select(Query(sort=sort))
    begin = time.perf_counter()
    for sort in SORTS:
        many.select(Query(sort=sort, page=4000))
    many.select(Query("episode 49"))
    assert time.perf_counter() - begin < 0.5
