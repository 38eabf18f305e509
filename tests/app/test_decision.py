"""What nginx is told about a video."""

import os
import time
from pathlib import Path

import pytest
from quart.typing import TestClientProtocol as Client

from service.app import create_app
from service.delivery.decision import lifetime
from service.settings import Settings

LONG_AGO = 0x65432100


def decided(media: Path, name: str = "film.mp4") -> Client:
    app, _ = create_app(
        Settings(media_root=media, featured=name, decisions=media / "decisions", access_log=False)
    )
    return app.test_client()


@pytest.fixture(name="film")
def _film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"x" * 100)
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


@pytest.mark.parametrize("path", ["/video.mp4", "/chunked_video.mp4"])
async def test_a_film_that_lies_still_may_be_sent(film: Path, path: str) -> None:
    response = await decided(film.parent).get(f"/-/decision{path}")
    assert response.status_code == 204
    assert response.headers["X-Video-Last"] == "99"
    assert response.headers["X-Video-ETag"] == f'"{LONG_AGO:x}-64"'
    cap = {"/video.mp4": "None", "/chunked_video.mp4": "100000"}[path]
    assert response.headers["X-Video-Version"].endswith(f"-64-{cap}")
    assert response.headers["X-Video-Cache-Control"] == "public, max-age=300"
    assert response.headers["Cache-Control"] == "max-age=1, stale-while-revalidate=1, stale-if-error=60"


async def test_versions_differ_where_entity_tags_do_not(film: Path) -> None:
    client = decided(film.parent)
    first = (await client.get("/-/decision/chunked_video.mp4")).headers
    other = film.with_name("other")
    other.write_bytes(b"y" * 100)
    os.utime(other, (LONG_AGO, LONG_AGO))
    other.replace(film)
    second = (await client.get("/-/decision/chunked_video.mp4")).headers
    assert first["X-Video-ETag"] == second["X-Video-ETag"]
    assert first["X-Video-Version"] != second["X-Video-Version"]


@pytest.mark.parametrize("age", [-100, 0, 1])
async def test_a_film_that_was_just_written_or_will_be_is_for_the_service(film: Path, age: int) -> None:
    os.utime(film, (time.time() - age, time.time() - age))
    assert await nothing_decided(decided(film.parent))


async def test_an_empty_film_is_for_the_service(film: Path) -> None:
    film.write_bytes(b"")
    os.utime(film, (LONG_AGO, LONG_AGO))
    assert await nothing_decided(decided(film.parent))


async def test_a_film_that_is_not_there_is_for_the_service(film: Path) -> None:
    film.unlink()
    assert await nothing_decided(decided(film.parent))


async def test_another_path_is_for_the_service(film: Path) -> None:
    assert await nothing_decided(decided(film.parent), "/-/decision/etc/passwd")


async def nothing_decided(client: Client, path: str = "/-/decision/video.mp4") -> bool:
    response = await client.get(path)
    assert response.status_code == 204
    return not {name for name, _ in response.headers.items() if name.lower().startswith("x-video")}


async def test_without_nginx_there_are_no_decisions(client: Client) -> None:
    assert (await client.get("/-/decision/video.mp4")).status_code == 404


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "no-store"),
        (1, "no-store"),
        (2, "max-age=1, stale-while-revalidate=0, stale-if-error=9"),
        (3, "max-age=1, stale-while-revalidate=1, stale-if-error=9"),
        (10, "max-age=4, stale-while-revalidate=5, stale-if-error=9"),
    ],
)
def test_how_long_a_decision_holds(seconds: int, said: str) -> None:
    assert lifetime(seconds, grace=9) == said
