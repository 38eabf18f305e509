"""Ids: readable, one for each path, the same whatever else was there first."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.library.ids import LONGEST, plain_id, settle

ALPHABET = st.sampled_from("aA1-_. ~%?#'&e\u0301\u00e9\u0939\u093f\u4e2d\u00a0\u200d\U0001f3ac")
SEGMENTS = st.text(ALPHABET, min_size=1, max_size=12).filter(lambda name: name[0] != ".")
PATHS = st.builds(
    lambda folders, name, ending: "/".join([*folders, name + ending]),
    st.lists(SEGMENTS, max_size=3),
    SEGMENTS,
    st.sampled_from([".mp4", ".MP4", ".webm"]),
)

PLAIN = [
    ("Series 1/Episode 2.mp4", "Series-1--Episode-2.mp4"),
    ("film.MP4", "film.MP4"),
    ("a_b-c.d.webm", "a_b-c.d.webm"),
    ("a  &  b.mp4", "a-b.mp4"),
    ("a - b.mp4", "a-b.mp4"),
    ("a--b.mp4", "a--b.mp4"),
    ("100% 'real' #1?.mp4", "100-real-1-.mp4"),
    ("Amélie.mp4", "Amélie.mp4"),
    ("Ame\u0301lie.mp4", "Amélie.mp4"),
    ("हिन्दी फ़िल्म.mp4", unicodedata.normalize("NFC", "हिन्दी-फ़िल्म.mp4")),
    ("映画/第2話.mp4", "映画--第2話.mp4"),
    ("🎬.mp4", "-.mp4"),
]


@pytest.mark.parametrize(("path", "identity"), PLAIN)
def test_an_id_is_as_readable_as_its_path(path: str, identity: str) -> None:
    assert plain_id(path) == identity


@given(PATHS)
def test_an_id_is_one_segment_that_no_url_reads_otherwise(path: str) -> None:
    found = plain_id(path)
    assert not found.startswith(".")
    assert all(char in "-._~" or char.isalnum() or unicodedata.category(char)[0] == "M" for char in found)
    assert found == unicodedata.normalize("NFC", found)


@given(PATHS)
def test_an_id_ends_as_its_file_does(path: str) -> None:
    assert plain_id(path).rpartition(".")[2] == path.rpartition(".")[2]


@given(PATHS)
def test_an_id_is_its_own_id(path: str) -> None:
    assert plain_id(plain_id(path)) == plain_id(path)


@given(st.text(ALPHABET, min_size=100, max_size=300))
def test_no_id_is_too_long(name: str) -> None:
    long = f"a{name.replace('/', '')}.mp4"
    found = plain_id(long)
    assert len(found.encode()) <= LONGEST
    assert found.endswith(".mp4")


def test_long_paths_that_begin_alike_have_ids_that_differ() -> None:
    assert plain_id("x" * 300 + "a.mp4") != plain_id("x" * 300 + "b.mp4")


@given(st.lists(PATHS, unique=True, max_size=20))
def test_no_two_paths_have_the_same_id(paths: list[str]) -> None:
    ids = [identity for group in groups(paths) for identity in settle(group).values()]
    assert len(set(ids)) == len(paths)


@given(st.lists(PATHS, unique=True, max_size=8))
def test_ids_do_not_depend_on_the_order(paths: list[str]) -> None:
    for group in groups(paths):
        assert settle(group) == settle(reversed(group))


def test_the_path_that_is_its_own_id_keeps_it() -> None:
    ids = settle(["a b.mp4", "a-b.mp4", "a?b.mp4"])
    assert ids["a-b.mp4"] == "a-b.mp4"
    assert re.fullmatch(r"a-b~[0-9a-f]{8}\.mp4", ids["a b.mp4"])
    assert len(set(ids.values())) == 3


def test_without_one_that_is_its_own_id_nobody_has_the_plain_one() -> None:
    assert "a-b.mp4" not in settle(["a b.mp4", "a?b.mp4"]).values()


def test_a_contested_id_is_not_too_long_either() -> None:
    name = "x" * 190
    ids = settle([f"{name} y.mp4", f"{name}?y.mp4"])
    assert all(len(identity) <= LONGEST for identity in ids.values())
    assert len(set(ids.values())) == 2


def groups(paths: list[str]) -> list[list[str]]:
    found: dict[str, list[str]] = {}
    for path in paths:
        found.setdefault(plain_id(path), []).append(path)
    return list(found.values())
