"""Which folders are watched, by how many threads; the kernel is left out."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from service.library.watch import Spot, Watch

ROOT: Spot = ("/media", 2)
Asked = list[set[str]]


@pytest.fixture(name="asked")
def _asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What was asked for, in the order in which it was."""
    asked: Asked = []

    def watch(*folders: str, stop_event: threading.Event, **_: object) -> Iterator[set[object]]:
        asked.append(set(folders))
        while not stop_event.wait(0.01):
            yield set()

    monkeypatch.setattr("service.library.watch.watch", watch)
    return asked


@pytest.fixture(name="watch")
def _watch() -> Iterator[Watch]:
    watch = Watch(lambda *_: None, lambda: None)
    yield watch
    for ended in watch.stop():
        ended.result(2)


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 2
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.01)


def threads() -> int:
    return sum(thread.name == "watch" for thread in threading.enumerate())


def follow(watch: Watch, asked: Asked, *spots: Spot, anew: bool = False) -> set[str]:
    """Return what is watched because of that."""
    before = len(asked)
    watch.follow(frozenset(spots), anew=anew)
    wait_until(lambda: len(asked) > before)
    return asked[-1]


def test_only_what_is_new_is_watched_besides(watch: Watch, asked: Asked) -> None:
    follow(watch, asked, ROOT)
    assert follow(watch, asked, ROOT, ("/media/a", 3)) == {"/media/a"}
    watch.follow(frozenset({ROOT}))
    assert (len(asked), threads()) == (2, 2)


def test_a_folder_that_was_another_meanwhile_is_watched_anew(watch: Watch, asked: Asked) -> None:
    """As after a mount below the root that went and came: the inode of before, but the watch is dead."""
    follow(watch, asked, ROOT, ("/media/a", 1))
    assert follow(watch, asked, ROOT, ("/media/a", 7)) == {"/media/a"}
    assert follow(watch, asked, ROOT, ("/media/a", 1)) == {"/media/a"}


def test_what_is_another_tree_is_watched_anew_and_the_old_watch_ends_when_that_is_in_force(
    watch: Watch, asked: Asked
) -> None:
    follow(watch, asked, ROOT)
    follow(watch, asked, ROOT, ("/media/a", 3))
    assert follow(watch, asked, ROOT, ("/media/a", 3), anew=True) == {"/media", "/media/a"}
    wait_until(lambda: threads() == 1)
