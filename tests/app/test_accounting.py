"""Deliveries that do not end well, straight on the ASGI interface."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from quart import Quart

from service.app import create_app
from service.delivery.accounting import Accounting
from service.delivery.disk import BLOCK_SIZE
from service.delivery.record import Delivery
from service.settings import Settings
from tests.app.asgi import AsgiClient

SIZE = 4 * BLOCK_SIZE


@pytest.fixture(name="film")
def _film(tmp_path: Path) -> Path:
    film = tmp_path / "film.mp4"
    film.write_bytes(bytes(SIZE))
    return film


async def metrics(app: Quart) -> str:
    return str(await (await app.test_client().get("/metrics")).get_data(as_text=True))


def descriptors_of(film: Path) -> int:
    links = [os.path.join("/proc/self/fd", name) for name in os.listdir("/proc/self/fd")]
    return sum(os.path.lexists(link) and os.path.realpath(link) == str(film) for link in links)


async def test_a_client_that_leaves_frees_everything_at_once(film: Path) -> None:
    app, _ = create_app(Settings(media_root=film.parent, featured=film.name, access_log=False))
    client = AsgiClient(app, blocks=2)
    task = asyncio.create_task(client.request("/video.mp4"))
    await client.full.wait()
    assert descriptors_of(film) == 1
    assert "video_deliveries_in_progress 1.0" in await metrics(app)
    client.gone.set()
    await task
    assert descriptors_of(film) == 0
    text = await metrics(app)
    assert "video_deliveries_in_progress 0.0" in text
    assert 'outcome="aborted",range="none",route="/video.mp4",status="200"} 1.0' in text


async def test_a_client_that_vanishes_is_no_error_of_ours(
    film: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app, _ = create_app(Settings(media_root=film.parent, featured=film.name, access_log=False))
    client = AsgiClient(app, blocks=2, reset=True)
    await client.request("/video.mp4")
    assert descriptors_of(film) == 0
    assert 'outcome="aborted"' in await metrics(app)
    assert "error" not in capsys.readouterr().out


async def test_an_aborted_delivery_counts_at_least_what_the_client_saw(film: Path) -> None:
    app, _ = create_app(Settings(media_root=film.parent, featured=film.name, access_log=False))
    client = AsgiClient(app, blocks=2)
    task = asyncio.create_task(client.request("/video.mp4"))
    await client.full.wait()
    client.gone.set()
    await task
    text = await metrics(app)
    (line,) = [
        line
        for line in text.splitlines()
        if line.startswith("video_delivered_bytes_total") and ".mp4" in line
    ]
    assert len(client.body) <= float(line.split()[1]) <= len(client.body) + BLOCK_SIZE
    (line,) = [
        line for line in text.splitlines() if line.startswith("video_planned_bytes_total") and ".mp4" in line
    ]
    assert float(line.split()[1]) == SIZE
    assert f'video_file_bytes_total{{route="/video.mp4"}} {float(SIZE)}' in text


@pytest.mark.parametrize(
    ("method", "fields", "status"),
    [
        ("HEAD", {}, 200),
        ("GET", {"If-None-Match": "*"}, 304),
        ("GET", {"If-Match": '"other"'}, 412),
        ("GET", {"Range": f"bytes={SIZE}-"}, 416),
    ],
)
async def test_an_answer_with_nothing_of_the_film_does_not_count_its_size(
    film: Path, method: str, fields: dict[str, str], status: int
) -> None:
    app, _ = create_app(Settings(media_root=film.parent, featured=film.name, access_log=False))
    client = AsgiClient(app)
    await client.request("/video.mp4", method, fields)
    assert client.status == status
    assert 'video_file_bytes_total{route="/video.mp4"} 0.0' in await metrics(app)


async def test_a_film_cut_while_it_is_sent_is_no_complete_answer(film: Path) -> None:
    app, _ = create_app(Settings(media_root=film.parent, featured=film.name, access_log=False))
    client = AsgiClient(app, blocks=100)
    truncate = client.send

    async def send(message: Any) -> None:
        await truncate(message)
        os.truncate(film, BLOCK_SIZE)

    client.send = send  # type: ignore[method-assign]
    await client.request("/video.mp4")
    assert len(client.body) < SIZE
    assert 'outcome="aborted"' in await metrics(app)
    assert descriptors_of(film) == 0


async def test_a_defect_outside_of_the_framework_is_a_500_too() -> None:
    async def defective(*_: object) -> None:
        raise RuntimeError("secret")

    records: list[Delivery] = []
    client = AsgiClient(Accounting(defective, [records.append]))
    await client.request("/video.mp4")
    assert (client.status, client.body.count(b"\n")) == (500, 1)
    assert b"secret" not in client.body
    assert [(record.status, record.outcome) for record in records] == [(500, "complete")]
