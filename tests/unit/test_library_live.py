"""A library that is kept current while its folder changes, with real files, events and clocks."""

import asyncio
import os
import shutil
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from service.errors import MediaError, MediaNotFoundError
from service.library import Library
from service.library import library as library_module
from service.library.upkeep import Upkeep
from tests.unit.films import film


@asynccontextmanager
async def running(root: Path, featured: str = "", interval: int = 0) -> AsyncIterator[Library]:
    library = Library(root, featured, interval)
    await library.start()
    try:
        yield library
    finally:
        await library.stop()


def files(library: Library) -> list[str]:
    return [entry.file for entry in library.entries]


async def within(seconds: float, condition: Callable[[], bool]) -> float:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it did not happen"
        await asyncio.sleep(0.01)
    return time.monotonic() - began


@pytest.fixture(name="polled", params=[False, True], ids=["watched", "polled"])
def _polled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Without the kernel's events, since their limit is reached, and with them."""
    if request.param:

        def refuse(*_: object, **__: object) -> None:
            raise OSError("OS file watch limit reached.")

        monkeypatch.setattr("service.library.watch.watch", refuse)
    return bool(request.param)


async def test_what_is_there_at_the_start_is_offered_from_the_start(tmp_path: Path) -> None:
    film(tmp_path / "Series/film.mp4")
    async with running(tmp_path) as library:
        assert (library.state, files(library)) == ("ready", ["Series/film.mp4"])


@pytest.mark.usefixtures("polled")
async def test_a_file_that_is_moved_in_is_offered_soon(tmp_path: Path) -> None:
    async with running(tmp_path) as library:
        film(tmp_path / ".incoming/film.mp4").rename(tmp_path / "film.mp4")
        await within(2, lambda: files(library) == ["film.mp4"])


@pytest.mark.usefixtures("polled")
async def test_a_file_that_is_copied_is_offered_when_it_is_whole(tmp_path: Path) -> None:
    async with running(tmp_path) as library:
        with (tmp_path / "film.mp4").open("wb", buffering=0) as copy:
            for _ in range(8):
                copy.write(b"x" * 1000)
                await asyncio.sleep(0.3)
                assert files(library) == []
        await within(2, lambda: files(library) == ["film.mp4"])
        assert library.entries[0].size == 8000


@pytest.mark.usefixtures("polled")
async def test_what_is_renamed_and_removed_shows(tmp_path: Path) -> None:
    film(tmp_path / "Series/a.mp4")
    film(tmp_path / "b.mp4")
    async with running(tmp_path) as library:
        (tmp_path / "Series").rename(tmp_path / "Other")
        await within(2, lambda: files(library) == ["b.mp4", "Other/a.mp4"])
        shutil.rmtree(tmp_path / "Other")
        await within(2, lambda: files(library) == ["b.mp4"])


@pytest.mark.usefixtures("polled")
async def test_folders_that_come_later_are_looked_after_too(tmp_path: Path) -> None:
    async with running(tmp_path) as library:
        for number in range(20):  # more than there are threads that watch
            film(tmp_path / f"{number}/a/film.mp4")
            await asyncio.sleep(0.02)
        await within(3, lambda: len(library.entries) == 20)
        film(tmp_path / "3/a/late.mp4")
        film(tmp_path / "19/a/late.mp4")
        await within(2, lambda: len(library.entries) == 22)


async def test_a_folder_made_anew_under_its_name_is_watched_anew(tmp_path: Path) -> None:
    film(tmp_path / "a/film.mp4")
    async with running(tmp_path) as library:
        shutil.rmtree(tmp_path / "a")
        film(tmp_path / "a/other.mp4")
        await within(2, lambda: files(library) == ["a/other.mp4"])
        await asyncio.sleep(0.5)
        film(tmp_path / "a/third.mp4")
        await within(2, lambda: len(library.entries) == 2)


async def test_what_no_event_tells_is_found_by_the_scan_now_and_then(tmp_path: Path) -> None:
    film(tmp_path / "film.mp4", b"1")
    with patch("service.library.watch.watch", return_value=[]):
        async with running(tmp_path, interval=1) as library:
            film(tmp_path / "film.mp4", b"22")
            await within(3, lambda: library.entries[0].size == 2)


async def test_a_replaced_file_is_described_anew(tmp_path: Path) -> None:
    film(tmp_path / "film.mp4", b"1")
    async with running(tmp_path) as library:
        before = library.version
        film(tmp_path / "new", b"22").rename(tmp_path / "film.mp4")
        await within(2, lambda: library.entries[0].size == 2)
        assert library.version != before


async def test_a_track_that_comes_later_joins_its_video(tmp_path: Path) -> None:
    film(tmp_path / "film.mp4")
    async with running(tmp_path) as library:
        (tmp_path / "film.en.vtt").touch()
        await within(2, lambda: bool(library.entries[0].tracks))


async def test_an_event_with_a_name_that_is_not_utf_8_ends_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as library:
        await asyncio.sleep(0.2)
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.mp4")).touch()
        await asyncio.sleep(0.3)
        film(tmp_path / "film.mp4")
        await within(2, lambda: files(library) == ["film.mp4"])


async def test_that_the_folder_is_polled_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("OS file watch limit reached.")

    monkeypatch.setattr("service.library.watch.watch", refuse)
    monkeypatch.setattr("service.library.upkeep._RETRY", 0.1)
    async with running(tmp_path):
        await asyncio.sleep(1.2)
    assert capsys.readouterr().out.count("file watch limit reached") == 1


async def test_a_root_that_comes_late_and_goes_is_noticed(tmp_path: Path) -> None:
    root = tmp_path / "media"
    async with running(root) as library:
        assert library.state == "unreadable"
        with pytest.raises(MediaError, match="cannot be read: No such file"):
            library.open_featured()
        film(root / "film.mp4")
        await within(2, lambda: library.state == "ready")
        root.rename(tmp_path / "elsewhere")
        await within(2, lambda: library.state == "unreadable")
        assert files(library) == ["film.mp4"]  # the last good index


async def test_a_root_that_is_another_folder_now_is_read_anew(tmp_path: Path) -> None:
    film(tmp_path / "first/a.mp4")
    film(tmp_path / "second/b.mp4")
    (tmp_path / "media").symlink_to("first")
    async with running(tmp_path / "media") as library:
        (tmp_path / "new").symlink_to("second")
        (tmp_path / "new").rename(tmp_path / "media")
        await within(2, lambda: files(library) == ["b.mp4"])
        library.open(library.entries[0]).close()


async def test_a_mount_that_hangs_holds_up_neither_the_start_nor_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_module, "_START", 0.1)
    monkeypatch.setattr(library_module, "_STOP", 0.1)
    monkeypatch.setattr(library_module, "_STALLED", 0.3)
    film(tmp_path / "film.mp4")
    released = threading.Event()
    with patch("service.library.tree.scan_folder", side_effect=lambda *_: released.wait()):
        library = Library(tmp_path)
        began = time.monotonic()
        await library.start()
        assert library.state == "loading"
        await within(1, lambda: library.state == "stalled")
        await library.stop()
        assert time.monotonic() - began < 1
        released.set()


async def test_a_defect_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work, defects = Upkeep._work, [ValueError("odd")]

    def fail_once(self: Upkeep, began: float) -> None:
        if defects:
            raise defects.pop()
        work(self, began)

    monkeypatch.setattr(Upkeep, "_work", fail_once)
    async with running(tmp_path) as library:
        film(tmp_path / "film.mp4")
        await within(2, lambda: files(library) == ["film.mp4"])
    assert "odd" in capsys.readouterr().out


async def test_a_start_waits_for_a_first_file_that_is_nearly_still(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").touch()
    async with running(tmp_path) as library:
        library.open_featured().close()


async def test_an_empty_folder_serves_what_appears_in_it(tmp_path: Path) -> None:
    async with running(tmp_path) as library:
        with pytest.raises(MediaNotFoundError):
            library.open_featured()
        film(tmp_path / "Series/film.mp4")
        await within(2, lambda: library.featured is not None)
        library.open_featured().close()
