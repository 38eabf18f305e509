"""What nginx asks before it sends a video itself."""

import os
from pathlib import Path

import pytest
from quart.typing import TestClientProtocol as Client

from service.app import create_app
from service.delivery.decision import is_for_nginx
from service.library import MediaFile
from service.settings import Settings
from tests.app.asgi import AsgiClient

LONG_AGO = 0x65432100


@pytest.mark.parametrize(
    ("size", "age", "path", "decision"),
    [
        (100, 2, "/video.mp4", True),
        (100, 1_000_000, "/videos/a.MP4", True),
        (0, 1_000_000, "/video.mp4", False),
        (100, 1, "/video.mp4", False),  # it may still be written to
        (100, 0, "/video.mp4", False),
        (100, -100, "/video.mp4", False),
        (100, 1_000_000, "/video.webm", False),  # by this name nginx would send another media type
    ],
)
def test_what_nginx_may_send(tmp_path: Path, size: int, age: int, path: str, *, decision: bool) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"x" * size)
    os.utime(film, (LONG_AGO - age, LONG_AGO - age))
    with MediaFile.open(film) as file:
        assert is_for_nginx(file, path, now=LONG_AGO) is decision


@pytest.mark.parametrize("path", ["/video.mp4", "/chunked_video.mp4", "/videos/film.mp4"])
async def test_a_decision_is_published(
    media: Path, tmp_path_factory: pytest.TempPathFactory, path: str
) -> None:
    folder = tmp_path_factory.mktemp("decisions")
    app, _ = create_app(Settings(media_root=media, decisions=folder, access_log=False))
    async with app.test_app():
        response = await app.test_client().get(f"/-/decision{path}")
        assert response.status_code == 204
        assert (folder / f"known/whole{path}").readlink() == media / "film.mp4"


async def test_about_what_is_not_there_nothing_is_published(
    media: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("decisions")
    app, _ = create_app(Settings(media_root=media, decisions=folder, access_log=False))
    async with app.test_app():
        for path in ("/etc/passwd", "/videos/other.mp4", "/videos/../film.mp4", "/files//film.mp4"):
            assert (await app.test_client().get(f"/-/decision{path}")).status_code == 204
        assert not [*(folder / "known").rglob("*.*")]


@pytest.mark.parametrize(
    "path", ["/../outside", "/videos/../../outside", "/videos/..", "/" + "a" * 300, "/a/b/c"]
)
async def test_no_question_leads_out_of_the_folder(
    media: Path, tmp_path_factory: pytest.TempPathFactory, path: str
) -> None:
    folder = tmp_path_factory.mktemp("decisions")
    outside = [folder.parent / "outside", folder / "outside"]
    for file in outside:
        file.write_text("of somebody else")
    app, _ = create_app(Settings(media_root=media, decisions=folder, access_log=False))
    async with app.test_app():
        client = AsgiClient(app)
        await client.request(f"/-/decision{path}")
        assert client.status in {204, 404}
    assert all(file.exists() for file in outside)


async def test_without_nginx_there_are_no_decisions(client: Client) -> None:
    assert (await client.get("/-/decision/video.mp4")).status_code == 404
