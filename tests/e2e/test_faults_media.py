"""Media files that change while they are downloaded: the rest is right, or the download is visibly short."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.client import Client
from tests.e2e.films import LAB_FILM, MEGABYTE, film, install
from tests.e2e.targets import Stack
from tests.e2e.targets.process import wait_until
from tests.e2e.viewers import Viewer

pytestmark = pytest.mark.stage(4)

OLD, NEW = film(seed=52, size=24 * MEGABYTE), film(seed=53, size=24 * MEGABYTE)
PLAIN = {"Range": f"bytes=5-{len(OLD) - 1}"}
FOR_THE_SERVICE = PLAIN | {"If-None-Match": '"none"'}
"""A condition makes the exact lane of an ordinary request."""
LANES = {"plain": PLAIN, "exact": FOR_THE_SERVICE}


@pytest.fixture(name="place")
def _place(trial: Stack) -> Iterator[Path]:
    """Where the old film lies, which is there again after each test."""
    assert trial.media
    install(trial.media, OLD)
    time.sleep(trial.file_reuse)
    yield trial.media / LAB_FILM
    install(trial.media, OLD)


def truncate(place: Path) -> None:
    os.truncate(place, MEGABYTE)


def replace(place: Path) -> None:
    install(place.parent, NEW)


def remove(place: Path) -> None:
    place.unlink()


def lock_up(place: Path) -> None:
    place.chmod(0)


def empty_and_fill(place: Path) -> None:
    """Copy another film over it, as `cp` does; what nginx then sends is a known limit."""
    with place.open("wb") as file:
        time.sleep(0.5)
        file.write(NEW)


HARMLESS = (replace, remove, lock_up)


@pytest.mark.parametrize("headers", LANES.values(), ids=LANES)
@pytest.mark.parametrize("change", HARMLESS)
def test_what_has_begun_ends_as_it_began(
    trial: Stack, place: Path, headers: dict[str, str], change: Callable[[Path], None]
) -> None:
    """The open file is the old one, whatever becomes of its name and of who may open it."""
    with Viewer(trial.direct_url, headers=headers) as viewer:
        beginning = viewer.read(100_000)
        change(place)
        assert beginning + viewer.rest() == OLD[5:]


@pytest.mark.parametrize(
    ("change", "headers"),
    [(truncate, PLAIN), (truncate, FOR_THE_SERVICE), (empty_and_fill, FOR_THE_SERVICE)],
)
def test_what_cannot_be_finished_is_visibly_short(
    trial: Stack, place: Path, headers: dict[str, str], change: Callable[[Path], None]
) -> None:
    """No byte of another film, no filling up, and the connection ends before Content-Length is reached."""
    with Viewer(trial.direct_url, headers=headers) as viewer:
        received = viewer.read(100_000)
        change(place)
        received += viewer.what_comes()
        assert len(received) < viewer.size
        assert received == OLD[5 : 5 + len(received)]


@pytest.mark.parametrize("path", ["/video.mp4", "/chunked_video.mp4"])
def test_unreadable_is_a_moment_s_absence(trial: Stack, place: Path, path: str) -> None:
    """Who comes later is told to try again, and is served as soon as it can be read."""
    if os.geteuid() == 0 and trial.name != "compose":
        pytest.skip("root reads every file: the service runs as root here")
    place.chmod(0)
    time.sleep(trial.decision_lifetime)
    with Client(trial.base_url) as client:
        for headers in ({}, {"Range": "bytes=0-200000"}):
            answer = client.ask(path, headers)
            assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
        place.chmod(0o644)
        wait_until(lambda: client.ask(path, PLAIN).status_code == 206, 5, "it is served again")
