"""The folder of links by which nginx is told what it may send."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from service.app import create_app
from service.delivery.disk import Disk
from service.delivery.keeper import Keeper
from service.delivery.published import Published
from service.library import Library
from service.metrics import Metrics
from service.routes.video import VideoResources
from service.settings import Settings

LONG_AGO = 0x65432100


class Stage:
    """A film, and the folder in which nginx looks."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.film = folder / "media/film.mp4"
        self.film.parent.mkdir()
        self.write(b"x" * 100)
        self.folder = folder / "decisions"
        self.folder.mkdir()
        known = Settings.model_validate({"media_root": self.film.parent} | settings)
        library, disk = Library(known.media_root), Disk()
        library.refresh()
        self.published = Published(self.folder, VideoResources(known, library, disk, Metrics()).find)
        self.library = library

    def write(self, content: bytes, modified: float = LONG_AGO) -> None:
        self.film.write_bytes(content)
        os.utime(self.film, (modified, modified))

    def links(self) -> set[str]:
        known = self.folder / "known"
        return {path.relative_to(known).as_posix() for path in known.rglob("*") if path.is_symlink()}

    def seconds(self) -> list[int]:
        return sorted(int(path.name) for path in self.folder.iterdir() if path.name.isdigit())


@pytest.fixture(name="stage")
def _stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_a_decision_is_a_link_to_the_file(stage: Stage) -> None:
    stage.published.publish("/video.mp4")
    assert (stage.folder / "known/whole/video.mp4").readlink() == stage.film
    assert stage.links() == {"whole/video.mp4"}


def test_small_ranges_of_a_capped_resource_are_decided_about_by_themselves(stage: Stage) -> None:
    stage.published.publish("/chunked_video.mp4")
    assert stage.links() == {"whole/chunked_video.mp4", "small/chunked_video.mp4"}


def test_a_cap_below_what_nginx_takes_for_small(tmp_path: Path) -> None:
    stage = Stage(tmp_path, max_partial_size="99999")
    stage.published.publish("/chunked_video.mp4")
    assert stage.links() == {"whole/chunked_video.mp4"}


def test_what_was_just_written_is_not_for_nginx(stage: Stage) -> None:
    stage.write(b"new", modified=time.time())
    stage.published.publish("/video.mp4")
    assert stage.links() == set()


@pytest.mark.parametrize("change", ["written", "emptied", "removed", "moved"])
def test_a_decision_that_is_no_longer_right_is_taken_back(stage: Stage, change: str) -> None:
    stage.published.publish("/video.mp4")
    stage.published.publish("/chunked_video.mp4")
    if change == "written":
        stage.write(b"y" * 100, modified=time.time())
    elif change == "emptied":
        stage.write(b"")
    elif change == "removed":
        stage.film.unlink()
    else:
        stage.film.rename(stage.film.with_name("other.mp4"))
    stage.published.look_after(1000.0, 5, 1)
    assert stage.links() == set()


def test_a_decision_that_is_still_right_stays(stage: Stage) -> None:
    stage.published.publish("/chunked_video.mp4")
    before = stage.links()
    stage.published.look_after(1000.0, 5, 1)
    assert stage.links() == before


def test_a_type_that_nginx_would_get_wrong_is_not_for_it(tmp_path: Path) -> None:
    """By the path that is asked for it knows what `/video.mp4` is, and this one is something else."""
    stage = Stage(tmp_path)
    stage.film.rename(stage.film.with_name("film.webm"))
    stage.library.refresh()
    stage.published.publish("/video.mp4")
    assert stage.links() == set()


def test_unknown_links_are_removed(stage: Stage) -> None:
    for name in ("whole/videos/gone.mp4", "small/etc/passwd", "other/video.mp4"):
        link = stage.folder / "known" / name
        link.parent.mkdir(parents=True)
        link.symlink_to("/etc/passwd")
    stage.published.look_after(1000.0, 5, 1)
    assert stage.links() == set()


def test_a_file_that_has_become_a_folder_is_taken_back(stage: Stage) -> None:
    stage.published.publish("/video.mp4")
    stage.film.unlink()
    stage.film.mkdir()
    stage.published.look_after(1000.0, 5, 1)
    assert stage.links() == set()


def test_what_is_not_reached_in_time_is_forgotten(stage: Stage) -> None:
    stage.published.publish("/video.mp4")
    stage.published.look_after(1000.0, 5, -1)
    assert stage.links() == set()


def test_what_holds_ends_by_itself(stage: Stage) -> None:
    stage.published.look_after(1000.9, 5, 1)
    assert stage.seconds() == list(range(999, 1006))
    stage.published.look_after(1003.0, 5, 1)
    assert stage.seconds() == list(range(1002, 1009))
    assert {(stage.folder / str(second)).readlink() for second in stage.seconds()} == {Path("known")}


def test_the_latest_are_kept(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.delivery.published._MOST", 1)
    stage.published.publish("/chunked_video.mp4")
    time.sleep(0.02)
    stage.published.publish("/video.mp4")
    stage.published.look_after(1000.0, 5, 1)
    assert stage.links() == {"whole/video.mp4"}


async def test_it_is_looked_after_in_the_background(stage: Stage) -> None:
    stage.published.publish("/video.mp4")
    keeper = Keeper(stage.published, Disk(), lifetime=1, grace=1)
    await keeper.start()
    try:
        await asyncio.sleep(0.2)
        assert time.time() in range(stage.seconds()[0], stage.seconds()[-1] + 1) or stage.seconds()
        stage.film.unlink()
        await asyncio.sleep(0.8)
        assert stage.links() == set()
    finally:
        await keeper.stop()


async def test_nothing_is_taken_back_before_it_is_known_what_there_is(stage: Stage) -> None:
    stage.published.publish("/video.mp4")
    stage.film.unlink()
    keeper = Keeper(stage.published, Disk(), lifetime=1, grace=1, can_decide=lambda: False)
    await keeper.start()
    await asyncio.sleep(0.2)
    await keeper.stop()
    assert (stage.links(), stage.seconds()) == ({"whole/video.mp4"}, [])


def test_a_link_that_cannot_be_put_in_place_is_not_left_behind(stage: Stage) -> None:
    (stage.folder / "known/whole/video.mp4/in the way").mkdir(parents=True)
    stage.published.publish("/video.mp4")
    assert not [*stage.folder.glob("new-*")]


async def test_a_folder_that_cannot_be_written_to_is_said_once(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.folder.rmdir()
    keeper = Keeper(stage.published, Disk(), lifetime=0, grace=1)
    await keeper.start()
    await asyncio.sleep(0.2)
    await keeper.stop()
    assert capsys.readouterr().out.count("nginx cannot be told") == 1


async def test_the_service_looks_after_them_from_start_to_stop(stage: Stage) -> None:
    app, _ = create_app(
        Settings(media_root=stage.film.parent, decisions=stage.folder, decision_grace=2, access_log=False)
    )
    async with app.test_app():
        await asyncio.sleep(0.3)
        assert int(time.time()) in stage.seconds()
