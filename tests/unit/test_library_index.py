"""The index: the same after any sequence of updates as if it were made from nothing."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from service.library import index as index_module
from service.library.entry import Entry
from service.library.ids import plain_id
from service.library.index import Index
from service.library.order import natural_name
from service.library.scan import Folder, Place, digest_of
from service.library.tree import Change

Layout = dict[str, tuple[dict[str, int], set[str]]]

# few names, so that many paths come to the same id
NAMES = st.sampled_from(["a b.mp4", "a-b.mp4", "a?b.mp4", "e2.mp4", "E10.mp4", "s--a-b.mp4", "a~b.mp4"])
FOLDERS = st.sampled_from(["", "s", "S", "s/t", "s-", "s 10", "s 9"])
VIDEOS = st.dictionaries(NAMES, st.integers(0, 2), max_size=5)
OTHERS = st.sets(st.sampled_from(["x.vtt", "x.jpg", "a b.mp4"]))
LAYOUTS = st.dictionaries(FOLDERS, st.tuples(VIDEOS, OTHERS), max_size=6)


def folder(path: str, videos: dict[str, int], others: Iterable[str] = ()) -> Folder:
    place = Place(path, f"/media/{path}")
    entries = sorted((entry(place.file(name), size) for name, size in videos.items()), key=by_name)
    files = tuple(sorted({place.file(name) for name in others} - {one.file for one in entries}))
    return Folder(place, entries=tuple(entries), others=files, digest=digest_of(tuple(entries)))


def by_name(entry: Entry) -> str:
    return natural_name(entry.file)


def entry(file: str, size: int = 1) -> Entry:
    return Entry(plain_id(file), file, file, size, 0, "video/mp4")


def file_of(found: Index, identity: str) -> str:
    entry = found.by_id.get(identity)
    return entry.file if entry else ""


def made(*folders: Folder) -> Index:
    return Index().updated([(None, folder) for folder in folders], folders)


@given(st.lists(LAYOUTS, min_size=1, max_size=5))
def test_an_updated_index_is_the_one_made_anew(layouts: list[Layout]) -> None:
    now: dict[str, Folder] = {}
    found, seen, files = Index(), set[str](), set[str]()
    for layout in layouts:
        then = {path: folder(path, *content) for path, content in layout.items()}
        changes: list[Change] = [(now.get(path), then.get(path)) for path in {**now, **then}]
        found, now = found.updated(changes, then.values()), then
        seen |= ids(found)
        files |= {file for one in then.values() for file in (*one.others, *(e.file for e in one.entries))}
    again = made(*now.values())
    assert list(found.entries) == list(again.entries)
    assert found.version == again.version
    assert all(found.by_id.get(one) == again.by_id.get(one) for one in {*seen, *ids(again)})
    assert all(same(found, again, file) for file in files)
    assert {key: set(claims) for key, claims in found.claims.items()} == {
        key: set(claims) for key, claims in again.claims.items()
    }


def ids(found: Index) -> set[str]:
    return {entry.id for entry in found.entries}


def same(one: Index, other: Index, file: str) -> bool:
    return one.files.get(file) == other.files.get(file) and (file in one.files) == (file in other.files)


@given(LAYOUTS)
def test_each_video_has_an_id_of_its_own(layout: Layout) -> None:
    found = made(*(folder(path, *content) for path, content in layout.items()))
    assert len(ids(found)) == len(found.entries) == sum(len(videos) for videos, _ in layout.values())
    assert all(found.by_id.get(entry.id) is entry is found.files.get(entry.file) for entry in found.entries)


def test_the_files_of_a_folder_come_before_its_folders() -> None:
    found = made(
        folder("b", {"1.mp4": 1}),
        folder("", {"z.mp4": 1}),
        folder("b/a", {"1.mp4": 1}),
        folder("B 2", {"x.mp4": 1}),
    )
    assert [entry.file for entry in found.entries] == ["z.mp4", "b/1.mp4", "b/a/1.mp4", "B 2/x.mp4"]


def test_an_id_is_given_back_when_nobody_contests_it_any_more() -> None:
    both, one = folder("", {"a b.mp4": 1, "a-b.mp4": 1}), folder("", {"a b.mp4": 1})
    found = made(both)
    assert file_of(found, "a-b.mp4") == "a-b.mp4"
    assert file_of(found.updated([(both, one)], [one]), "a-b.mp4") == "a b.mp4"


def test_an_index_is_never_changed() -> None:
    old, new = folder("", {"a.mp4": 1}), folder("", {"b.mp4": 1})
    first = made(old)
    first.updated([(old, new)], [new])
    assert (file_of(first, "a.mp4"), file_of(first, "b.mp4"), first.entries[0].file) == ("a.mp4", "", "a.mp4")


def test_the_version_tells_sizes_and_companions_apart() -> None:
    versions = {made(folder("", {"a.mp4": size})).version for size in (1, 2)}
    assert len({*versions, Index().version}) == 3


def test_of_two_changes_of_a_folder_at_once_the_last_counts() -> None:
    first, second = folder("", {"a.mp4": 1}, ["x.vtt"]), folder("", {"b.mp4": 1}, ["x.jpg"])
    found = Index().updated([(None, first), (first, second), (second, None)], [])
    assert list(found.entries) == []
    assert not any(name in found.files for name in ("a.mp4", "b.mp4", "x.vtt", "x.jpg"))
    assert not any(file_of(found, name) for name in ("a.mp4", "b.mp4"))


def test_many_changes_at_once_come_to_the_same_order() -> None:
    folders = [folder(f"s {number}", {"a.mp4": 1}) for number in range(index_module._FEW + 5)]
    many = made(*folders)
    one_by_one = Index()
    for each in folders:
        one_by_one = one_by_one.updated([(None, each)], [])
    assert list(many.entries) == list(one_by_one.entries)
