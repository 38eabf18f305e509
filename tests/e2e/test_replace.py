"""A film that is replaced, removed and brought back while people watch it."""

import time

import pytest

from tests.e2e.client import MEDIA, Client
from tests.e2e.films import LAB_FILM, MEGABYTE, film, replace
from tests.e2e.targets import Stack
from tests.e2e.viewers import Viewer

LENGTH = 300_000
OLD, NEW = film(seed=4, size=LENGTH), film(seed=5, size=LENGTH)


@pytest.fixture(name="long_ago")
def _long_ago(lab: Stack) -> float:
    """When the old film was made; it lies there for each test."""
    moment = time.time() // 1 - 1000
    replace(lab, OLD, mtime=moment)
    return moment


@pytest.mark.parametrize("path", MEDIA)
@pytest.mark.parametrize("validator", ["ETag", "Last-Modified"])
def test_if_range_never_joins_two_films(
    lab: Stack, lab_client: Client, long_ago: float, path: str, validator: str
) -> None:
    """The new film has the same length: nothing but the validator tells them apart."""
    assert lab.media
    first = lab_client.ask(path, {"Range": "bytes=0-999"})
    assert first.content == OLD[:1000]
    replace(lab, NEW, mtime=long_ago + 500)
    second = lab_client.ask(path, {"Range": "bytes=1000-1999", "If-Range": first.headers[validator]})
    assert second.status_code == 200
    assert second.content == NEW


def test_older_film_in_the_place_of_a_newer_one(lab: Stack, lab_client: Client, long_ago: float) -> None:
    assert lab.media
    first = lab_client.ask("/video.mp4", {"Range": "bytes=0-999"})
    replace(lab, NEW, mtime=long_ago - 500)
    second = lab_client.ask(
        "/video.mp4", {"Range": "bytes=0-999", "If-Range": first.headers["Last-Modified"]}
    )
    assert second.status_code == 200
    assert second.content == NEW


@pytest.mark.usefixtures("long_ago")
def test_running_download_ends_as_it_began(lab: Stack, lab_client: Client) -> None:
    assert lab.media
    old, new = film(seed=1, size=64 * MEGABYTE), film(seed=2, size=64 * MEGABYTE)
    replace(lab, old)
    with Viewer(lab.direct_url) as viewer:
        beginning = viewer.read(100_000)
        replace(lab, new)
        assert lab_client.ask("/video.mp4", {"Range": "bytes=0-999"}).content == new[:1000]
        assert beginning + viewer.rest() == old


@pytest.mark.usefixtures("long_ago")
def test_removed_and_brought_back(lab: Stack, lab_client: Client) -> None:
    assert lab.media
    (lab.media / LAB_FILM).unlink()
    time.sleep(lab.file_reuse)
    for path in MEDIA:
        assert lab_client.ask(path).status_code == 404
        assert lab_client.ask(path, {"Range": "bytes=0-1"}).status_code == 404
        assert lab_client.ask(path, method="HEAD").status_code == 404
    assert lab_client.ask("/healthz").status_code == 200
    replace(lab, NEW)
    assert lab_client.ask("/video.mp4").content == NEW


@pytest.mark.usefixtures("long_ago")
def test_no_film_but_a_folder(lab: Stack, lab_client: Client) -> None:
    assert lab.media
    place = lab.media / LAB_FILM
    place.unlink()
    place.mkdir()
    time.sleep(lab.file_reuse)
    try:
        assert lab_client.ask("/video.mp4").status_code == 404
    finally:
        place.rmdir()


@pytest.mark.usefixtures("long_ago")
@pytest.mark.parametrize(
    "headers", [{}, {"Range": "bytes=0-"}, {"Range": "bytes=-1"}, {"Range": "bytes=0-0"}]
)
def test_empty_film(lab: Stack, lab_client: Client, headers: dict[str, str]) -> None:
    """Nothing has no ranges, but the whole of it can be sent."""
    assert lab.media
    replace(lab, b"")
    response = lab_client.ask("/video.mp4", headers)
    assert (response.status_code, response.headers["Content-Length"]) == (200, "0")


@pytest.mark.usefixtures("long_ago")
def test_film_cut_short_ends_the_download_visibly(lab: Stack) -> None:
    """What was promised is gone: the connection ends early instead of being filled up."""
    assert lab.media
    replace(lab, film(seed=1, size=64 * MEGABYTE))
    with Viewer(lab.direct_url) as viewer:
        received = len(viewer.read(100_000))
        with (lab.media / LAB_FILM).open("r+b") as file:
            file.truncate(MEGABYTE)
        assert received + viewer.until_cut() < viewer.size
