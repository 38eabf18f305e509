"""Real folders: what of them is offered, and what is not."""

import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest

from service.library import scan
from service.library.folder import Folder, digest_of
from service.library.scan import STILL
from service.library.tree import Tree
from tests.unit.films import LONG_AGO, film


def scanned(root: Path) -> Tree:
    tree = Tree(str(root))
    tree.scan()
    return tree


def videos(tree: Tree) -> list[str]:
    return sorted(entry.file for folder in tree.folders.values() for entry in folder.entries)


def others(tree: Tree) -> list[str]:
    return sorted(file for folder in tree.folders.values() for file in folder.others)


def test_videos_are_found_in_subfolders_with_their_size_and_time(tmp_path: Path) -> None:
    film(tmp_path / "Series 1/Season 2/Episode_3.MP4", b"12345")
    (entry,) = scanned(tmp_path).folders["Series 1/Season 2"].entries
    assert (entry.file, entry.size, entry.modified) == (
        "Series 1/Season 2/Episode_3.MP4",
        5,
        LONG_AGO * 10**9,
    )
    assert (entry.id, entry.title) == ("Series-1--Season-2--Episode_3.MP4", "Episode 3")
    assert entry.content_type == "video/mp4"


def test_the_videos_of_a_folder_are_in_natural_order(tmp_path: Path) -> None:
    for name in ("e10.mp4", "E2.mp4", "e1.mp4"):
        film(tmp_path / name)
    assert [entry.file for entry in scanned(tmp_path).folders[""].entries] == ["e1.mp4", "E2.mp4", "e10.mp4"]


def test_companions_belong_to_their_video(tmp_path: Path) -> None:
    for name in ("clip.mp4", "clip.de.vtt", "clip.jpg", "clip.txt"):
        film(tmp_path / name)
    tree = scanned(tmp_path)
    (entry,) = tree.folders[""].entries
    assert ([track.language for track in entry.tracks], entry.poster) == (["de"], "clip.jpg")
    assert others(tree) == ["clip.de.vtt", "clip.jpg"]


def test_what_is_hidden_is_not_offered(tmp_path: Path) -> None:
    film(tmp_path / ".film.mp4")
    film(tmp_path / ".trash/film.mp4")
    tree = scanned(tmp_path)
    assert (videos(tree), tree.ignored["hidden"]) == ([], 2)


@pytest.mark.parametrize("name", [b"caf\xe9.mp4", b"two\nlines.mp4", b"bell\x07.mp4", b"\xc2\x85.mp4"])
def test_a_name_that_nobody_could_ask_for_is_not_offered(tmp_path: Path, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).touch()
    tree = scanned(tmp_path)
    assert (videos(tree), tree.ignored["name"]) == ([], 1)


@pytest.mark.parametrize("name", ["a\u200db.mp4", "nb\u00a0sp.mp4", "🎬.mp4", "\u202e4pm.mp4"])
def test_other_unusual_names_are(tmp_path: Path, name: str) -> None:
    film(tmp_path / name)
    assert videos(scanned(tmp_path)) == [name]


def test_what_is_no_file_is_not_offered(tmp_path: Path) -> None:
    (tmp_path / "folder.mp4").mkdir()
    os.mkfifo(tmp_path / "fifo.mp4")
    (tmp_path / "device.mp4").symlink_to("/dev/null")
    (tmp_path / "nowhere.mp4").symlink_to("nothing")
    tree = scanned(tmp_path)
    assert videos(tree) == []
    assert (tree.ignored["special"], tree.ignored["link"]) == (1, 1)


def test_links_within_are_followed(tmp_path: Path) -> None:
    film(tmp_path / "store/film.mp4", b"1234")
    (tmp_path / "link.mp4").symlink_to("store/film.mp4")
    (tmp_path / "folder").symlink_to("store")
    tree = scanned(tmp_path)
    assert videos(tree) == ["folder/film.mp4", "link.mp4", "store/film.mp4"]
    assert {entry.size for folder in tree.folders.values() for entry in folder.entries} == {4}


@pytest.mark.parametrize("target", ["outside/film.mp4", "outside", "rootlike/film.mp4"])
def test_links_that_leave_the_root_are_not(tmp_path: Path, target: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    film(tmp_path / "outside/film.mp4")
    film(tmp_path / "rootlike/film.mp4")
    (root / "link.mp4").symlink_to(tmp_path / target)
    tree = scanned(root)
    assert (videos(tree), tree.ignored["link"]) == ([], 1)


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    film(tmp_path / "a/film.mp4")
    film(tmp_path / "b/film.mp4")
    (tmp_path / "a/up").symlink_to("..")
    (tmp_path / "a/self").symlink_to(".")
    (tmp_path / "a/b").symlink_to("../b")
    (tmp_path / "b/a").symlink_to("../a")
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    assert videos(scanned(tmp_path)) == ["a/b/film.mp4", "a/film.mp4", "b/a/film.mp4", "b/film.mp4"]


def test_pieces_of_a_stream_are_no_videos_but_may_be_asked_for(tmp_path: Path) -> None:
    for name in ("show/main.m3u8", "show/init.mp4", "show/1080p/a.m4s", "show/1080p/init.mp4", "film.mp4"):
        film(tmp_path / name, b"#EXTM3U\n#EXT-X-VERSION:6\n")
    tree = scanned(tmp_path)
    assert videos(tree) == ["film.mp4"]
    assert others(tree) == ["show/1080p/a.m4s", "show/1080p/init.mp4", "show/init.mp4", "show/main.m3u8"]
    assert tree.ignored["piece"] == 2


@pytest.mark.parametrize("content", [b"", b"#EXTM3U\n#EXTINF:15,A film\nfilm.mp4\n"])
def test_the_list_of_a_player_hides_nothing(tmp_path: Path, content: bytes) -> None:
    film(tmp_path / "show/list.m3u8", content)
    film(tmp_path / "show/film.mp4")
    (tmp_path / "show/folder.m3u8").mkdir()
    os.mkfifo(tmp_path / "show/fifo.m3u8")
    assert videos(scanned(tmp_path)) == ["show/film.mp4"]


def test_a_stray_playlist_in_the_root_hides_nothing(tmp_path: Path) -> None:
    film(tmp_path / "list.m3u8")
    film(tmp_path / "film.mp4")
    assert videos(scanned(tmp_path)) == ["film.mp4"]


def test_a_playlist_that_comes_later_turns_what_is_below_into_pieces(tmp_path: Path) -> None:
    film(tmp_path / "show/1080p/init.mp4")
    tree = scanned(tmp_path)
    film(tmp_path / "show/main.mpd")
    tree.update({str(tmp_path / "show"): {"main.mpd"}})
    assert videos(tree) == []
    (tmp_path / "show/main.mpd").unlink()
    tree.update({str(tmp_path / "show"): {"main.mpd"}})
    assert videos(tree) == ["show/1080p/init.mp4"]


def test_a_file_is_offered_when_it_has_been_still(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").touch()
    tree = scanned(tmp_path)
    assert (videos(tree), tree.ignored["unsettled"]) == ([], 1)
    assert tree.waiting[""] == pytest.approx(time.monotonic() + STILL, abs=0.5)
    with patch("time.monotonic", return_value=tree.waiting[""]):
        tree.update()
    assert (videos(tree), tree.ignored["unsettled"], tree.waiting) == (["film.mp4"], 0, {})


def test_a_time_that_is_to_come_counts_from_when_it_was_seen(tmp_path: Path) -> None:
    film(tmp_path / "film.mp4", modified=int(time.time()) + 9999)
    tree = scanned(tmp_path)
    assert videos(tree) == []
    with patch("time.monotonic", return_value=tree.waiting[""]):
        tree.update()
    tree.scan()
    assert videos(tree) == ["film.mp4"]


def test_a_file_that_grows_is_waited_for_anew(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", modified=int(time.time()) + 9999)
    tree = scanned(tmp_path)
    due = tree.waiting[""]
    path.write_bytes(b"more of it")
    with patch("time.monotonic", return_value=due):
        tree.update()
    assert videos(tree) == []
    assert tree.waiting[""] > due


def test_a_file_that_is_overwritten_stays_offered_as_it_was(tmp_path: Path) -> None:
    film(tmp_path / "film.mp4", b"1234")
    tree = scanned(tmp_path)
    (tmp_path / "film.mp4").write_bytes(b"123456")
    tree.update({str(tmp_path): {"film.mp4"}})
    assert [entry.size for entry in tree.folders[""].entries] == [4]
    with patch("time.monotonic", return_value=tree.waiting[""]):
        tree.update()
    assert [entry.size for entry in tree.folders[""].entries] == [6]


def test_only_touched_folders_are_scanned(tmp_path: Path) -> None:
    film(tmp_path / "a/a.mp4", b"1")
    film(tmp_path / "b/b.mp4", b"1")
    tree = scanned(tmp_path)
    film(tmp_path / "a/a.mp4", b"22")
    film(tmp_path / "b/b.mp4", b"22")
    tree.update({str(tmp_path / "a"): {"a.mp4"}})
    assert sizes(tree) == {"a/a.mp4": 2, "b/b.mp4": 1}


def sizes(tree: Tree) -> dict[str, int]:
    return {entry.file: entry.size for folder in tree.folders.values() for entry in folder.entries}


@pytest.fixture(name="large")
def _large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that counts as a large one."""
    monkeypatch.setattr(scan, "_LARGE", 2)
    for name in ("a2.mp4", "a10.mp4", "b.mp4", "b.en.vtt"):
        film(tmp_path / name, b"1")
    return tmp_path


def test_of_a_large_folder_only_touched_files_are_looked_at(large: Path) -> None:
    tree = scanned(large)
    film(large / "a2.mp4", b"22")
    film(large / "b.mp4", b"22")
    tree.update({str(large): {"a2.mp4"}})
    assert sizes(tree) == {"a2.mp4": 2, "a10.mp4": 1, "b.mp4": 1}


def come(folder: Path) -> None:
    film(folder / "a3.mp4")


def go(folder: Path) -> None:
    (folder / "a10.mp4").unlink()


def change(folder: Path) -> None:
    film(folder / "b.mp4", b"333")


def be_fresh(folder: Path) -> None:
    (folder / "a3.mp4").touch()


def be_fresh_again(folder: Path) -> None:
    (folder / "b.mp4").write_bytes(b"4444")


def become_a_folder(folder: Path) -> None:
    (folder / "b.mp4").unlink()
    film(folder / "b.mp4/c.mp4")


@pytest.mark.parametrize("happen", [come, go, change, be_fresh, be_fresh_again, become_a_folder])
def test_a_large_folder_comes_out_as_if_all_of_it_were_scanned(
    large: Path, happen: Callable[[Path], None]
) -> None:
    tree, names = scanned(large), {"a3.mp4", "a10.mp4", "b.mp4"}
    happen(large)
    tree.update({str(large): names})
    patched, ignored, waiting = tree.folders[""], Counter(tree.ignored), dict(tree.waiting)
    tree.scan()
    assert tree.folders[""] == patched
    assert (tree.ignored, tree.waiting) == (ignored, waiting)
    assert patched.digest == digest_of(patched.entries)


def test_a_folder_that_comes_or_goes_does_so_with_all_in_it(tmp_path: Path) -> None:
    film(tmp_path / "a/b/film.mp4")
    tree = scanned(tmp_path)
    (tmp_path / "a").rename(tmp_path / "z")
    tree.update({str(tmp_path): {"a", "z"}})
    assert videos(tree) == ["z/b/film.mp4"]
    assert set(tree.folders) == {"", "z", "z/b"}


def test_what_a_linked_folder_shows_is_kept_current(tmp_path: Path) -> None:
    film(tmp_path / "store/a.mp4")
    (tmp_path / "link").symlink_to("store")
    tree = scanned(tmp_path)
    film(tmp_path / "store/b.mp4")
    tree.update({str(tmp_path / "store"): {"b.mp4"}})
    assert videos(tree) == ["link/a.mp4", "link/b.mp4", "store/a.mp4", "store/b.mp4"]


def test_polling_finds_the_folders_that_changed(tmp_path: Path) -> None:
    film(tmp_path / "a/film.mp4")
    film(tmp_path / "b/film.mp4")
    tree = scanned(tmp_path)
    film(tmp_path / "a/other.mp4")
    with patch("service.library.tree.scan_folder", side_effect=lambda place, *_: Folder(place)) as scanning:
        for folder in tree.folders.values():
            folder.modified = os.stat(folder.place.real).st_mtime_ns
        tree.folders["a"].modified -= 1
        tree.update(polling=True)
    assert [call.args[0].path for call in scanning.call_args_list] == ["a"]


def test_a_folder_that_may_not_be_read_hides_what_is_in_it(tmp_path: Path) -> None:
    film(tmp_path / "a/film.mp4")
    tree = scanned(tmp_path)
    with patch("service.library.tree.scan_folder", side_effect=PermissionError(13, "Permission denied")):
        tree.update({str(tmp_path / "a"): None})
    assert (videos(tree), tree.ignored["unreadable"]) == ([], 1)


def test_a_folder_in_trouble_keeps_what_it_had(tmp_path: Path) -> None:
    film(tmp_path / "a/film.mp4")
    tree = scanned(tmp_path)
    with patch("service.library.tree.scan_folder", side_effect=OSError(5, "Input/output error")):
        tree.update({str(tmp_path / "a"): None})
    assert (videos(tree), tree.ignored["unreadable"]) == (["a/film.mp4"], 1)
