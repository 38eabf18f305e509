"""A library for the tests of the API and the pages."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from quart.typing import TestClientProtocol as Client

from service.app import create_app
from service.settings import SAMPLE_FOLDER, Settings
from tests.slow_start import with_index_last

LONG_AGO = 1_600_000_000  # 2020-09-13T12:26:40Z
SAMPLE = (SAMPLE_FOLDER / "sample.mp4").read_bytes()
TRACK = "WEBVTT\n\n00:00.000 --> 00:14.000\nEverything has its time.\n"


def put(path: Path, content: bytes = SAMPLE, modified: int = LONG_AGO) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (modified, modified))


def fill(root: Path) -> None:
    """Put one of each kind into a folder."""
    put(root / "A film.mp4")
    put(root / "A film.en.vtt", TRACK.encode())
    put(root / "A film.jpg", b"\xff\xd8\xff\xd9")
    put(root / "Series" / "Episode 2 & 3.mp4", modified=LONG_AGO + 60)
    put(root / "Series" / "Épisode 10.mp4", with_index_last(SAMPLE), modified=LONG_AGO + 30)
    put(root / "broken.mp4", b"this is no video")


@asynccontextmanager
async def served(root: Path) -> AsyncIterator[Client]:
    """Run the application on a folder."""
    app, _ = create_app(Settings(media_root=root, access_log=False))
    async with app.test_app() as running:
        yield running.app.test_client()  # type: ignore[attr-defined]
