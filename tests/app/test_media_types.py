"""Content-Type by file name, the same on every machine."""

from pathlib import Path

import pytest

from service.app import create_app
from service.settings import Settings
from tests.app.asgi import AsgiClient

TYPES = [
    ("film.mp4", "video/mp4"),
    ("FILM.MP4", "video/mp4"),
    ("film.m4v", "video/mp4"),
    ("film.mov", "video/quicktime"),
    ("film.webm", "video/webm"),
    ("film.mkv", "video/matroska"),
    ("film.ogv", "video/ogg"),
    ("film.en.vtt", "text/vtt; charset=utf-8"),
    ("film.m3u8", "application/vnd.apple.mpegurl"),
    ("film.m4a", "audio/mp4"),
    ("film.m4s", "video/iso.segment"),
    ("film.mpd", "application/dash+xml"),
    ("film.ts", "video/mp2t"),
    ("film.jpg", "image/jpeg"),
    ("film.jpeg", "image/jpeg"),
    ("film.png", "image/png"),
    ("film.webp", "image/webp"),
    ("a film, #1 'of' 100%.mp4", "video/mp4"),
]


@pytest.mark.parametrize(("name", "content_type"), TYPES)
async def test_the_type_follows_the_name(tmp_path: Path, name: str, content_type: str) -> None:
    (tmp_path / name).write_bytes(b"film")
    app, _ = create_app(Settings(media_root=tmp_path, featured=name, access_log=False))
    client = AsgiClient(app)
    await client.request("/video.mp4")
    found = dict(client.headers)
    assert (client.status, found["content-type"], client.body) == (200, content_type, b"film")
    assert "content-encoding" not in found


@pytest.mark.parametrize("name", ["film", "film.exe", "film.html", "film.mp4.part"])
async def test_other_files_are_not_served(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"film")
    app, _ = create_app(Settings(media_root=tmp_path, featured=name, access_log=False))
    client = AsgiClient(app)
    await client.request("/video.mp4")
    assert client.status == 404
