"""Both video routes inside the framework: what the pure plan cannot know."""

import asyncio
import contextlib
import os
from pathlib import Path
from unittest.mock import patch

import pytest
from quart import Quart, Response
from quart.typing import TestClientProtocol as Client

from service.app import create_app
from service.delivery.accounting import Accounting
from service.library import MediaFile
from service.settings import Settings
from tests.app.asgi import AsgiClient, framework_alone

ROUTES = ["/video.mp4", "/chunked_video.mp4"]


def open_films() -> int:
    """How many files are open, of those that are served; the library opens and closes others all the time."""
    names = []
    for descriptor in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            names.append(os.readlink(f"/proc/self/fd/{descriptor}"))
    return sum(name.endswith(".mp4") for name in names)


@pytest.mark.parametrize("route", ROUTES)
async def test_head_never_reads_the_file(app: Quart, route: str) -> None:
    client = AsgiClient(app)
    with patch("service.delivery.disk.Disk.read") as read:
        await client.request(route, "HEAD", {"Range": "bytes=0-9"})
    assert (client.status, client.body) == (200, b"")
    assert dict(client.headers)["content-length"] == "255849"
    read.assert_not_called()


@pytest.mark.parametrize("route", ROUTES)
async def test_the_chunks_walk_to_the_identical_file(client: Client, route: str, content: bytes) -> None:
    walked = b""
    while len(walked) < len(content):
        response = await client.get(route, headers={"Range": f"bytes={len(walked)}-"})
        assert response.headers["Content-Range"].startswith(f"bytes {len(walked)}-")
        walked += await response.get_data(as_text=False)
    assert walked == content


async def test_the_cap_is_a_setting(media: Path) -> None:
    app, _ = create_app(Settings(media_root=media, max_partial_size=10, access_log=False))
    async with app.test_app():
        response = await app.test_client().get("/chunked_video.mp4", headers={"Range": "bytes=5-"})
        assert response.headers["Content-Range"] == "bytes 5-14/255849"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Range": "bytes=0-9"}, 206),
        ({"Range": "bytes=0-9,20-29"}, 206),
        ({"Range": "bytes=999999-"}, 416),
        ({"If-None-Match": "*"}, 304),
        ({"If-Match": '"x"'}, 412),
    ],
)
async def test_every_answer_has_just_the_headers_it_needs(
    app: Quart, headers: dict[str, str], status: int
) -> None:
    client = AsgiClient(app)
    await client.request("/video.mp4", headers=headers)
    found = dict(client.headers)
    assert client.status == status
    assert len(found) == len(client.headers)
    assert ("accept-ranges" in found) is (status in {200, 206})
    assert ("content-type" in found) is (status != 304)
    assert found["x-content-type-options"] == "nosniff"
    assert found["cache-control"] == ("no-store" if status > 400 else "public, max-age=300")


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-9"}, {"If-Match": '"x"'}, {"Range": "bytes=-0"}])
async def test_the_file_is_closed_with_the_response(client: Client, headers: dict[str, str]) -> None:
    await client.get("/video.mp4")  # what is made once, is made
    before = open_films()
    await (await client.get("/video.mp4", headers=headers)).get_data()
    assert open_films() == before


async def test_no_media_response_has_a_time_limit(app: Quart) -> None:
    """Quart's is on the whole body, and would cut off whoever watches at the speed of the film."""
    timeouts: list[object] = []

    @app.after_request
    async def look(response: Response) -> Response:
        timeouts.append(response.timeout)
        return response

    for route in ROUTES:
        await AsgiClient(Accounting(framework_alone(app), [])).request(route)
    assert timeouts == [None, None]
    assert app.config["RESPONSE_TIMEOUT"] is None


async def test_a_replaced_file_is_served_at_once(client: Client, media: Path) -> None:
    first = await client.get("/video.mp4")
    (media / "new").write_bytes(b"another film")
    (media / "new").rename(media / "film.mp4")
    second = await client.get("/video.mp4", headers={"Range": "bytes=0-2", "If-Range": first.headers["ETag"]})
    assert (second.status_code, await second.get_data()) == (200, b"another film")


async def test_a_film_that_appears_in_an_empty_folder_is_served(tmp_path: Path) -> None:
    app, _ = create_app(Settings(media_root=tmp_path, access_log=False))
    async with app.test_app(), asyncio.timeout(3):
        client = app.test_client()
        assert (await client.get("/video.mp4")).status_code == 404
        (tmp_path / "film.mp4").write_bytes(b"film")
        while (await client.get("/video.mp4")).status_code == 404:
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("path", ["/videos/film.mp4", "/chunked/film.mp4", "/files/film.mp4"])
async def test_before_the_folder_was_read_nothing_is_said_to_be_missing(media: Path, path: str) -> None:
    app, _ = create_app(Settings(media_root=media, access_log=False))  # not started
    response = await app.test_client().get(path)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")


async def test_a_removed_file_is_not_found(client: Client, media: Path) -> None:
    (media / "film.mp4").unlink()
    response = await client.get("/video.mp4")
    assert response.status_code == 404
    assert await response.get_data() == b"404 Not Found: there is no video here at the moment\n"


async def test_an_unreadable_file_is_unavailable(client: Client) -> None:
    with patch("service.library.files.os.open", side_effect=PermissionError(13, "Permission denied")):
        response = await client.get("/video.mp4")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert b"Permission" not in await response.get_data()  # that is for the log


async def test_a_defect_is_a_short_500(client: Client) -> None:
    with patch.object(MediaFile, "open", side_effect=RuntimeError("secret")):
        response = await client.get("/video.mp4")
    body = await response.get_data()
    assert response.status_code == 500
    assert body == b"500 Internal Server Error: an error on our side; it was logged\n"
