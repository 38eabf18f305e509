"""The application on its own, through Quart's test client."""

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from quart import Quart
from quart.typing import TestClientProtocol as Client

from service.app import create_app
from service.settings import SAMPLE_FOLDER, Settings

SAMPLE = SAMPLE_FOLDER / "sample.mp4"

MakeApp = Callable[..., Quart]


@pytest.fixture(name="content", scope="session")
def _content() -> bytes:
    return SAMPLE.read_bytes()


@pytest.fixture(name="media")
def _media(tmp_path: Path, content: bytes) -> Path:
    """A media folder that the test may change; its film was not written just now."""
    (tmp_path / "film.mp4").write_bytes(content)
    os.utime(tmp_path / "film.mp4", (1_700_000_000, 1_700_000_000))
    return tmp_path


@pytest.fixture(name="app")
async def _app(media: Path) -> AsyncIterator[Quart]:
    app, _ = create_app(Settings(media_root=media, access_log=False))
    async with app.test_app() as running:
        yield running.app  # type: ignore[attr-defined]


@pytest.fixture(name="client")
def _client(app: Quart) -> Client:
    return app.test_client()
