"""The service alone keeps its limits, straight on the ASGI interface."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from quart import Quart

from service.app import create_app
from service.delivery.disk import BLOCK_SIZE
from service.settings import Settings
from tests.app.asgi import AsgiClient

SIZE = 4 * BLOCK_SIZE


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    (tmp_path / "film.mp4").write_bytes(bytes(SIZE))
    return tmp_path


def application(folder: Path, **settings: Any) -> Quart:
    return create_app(Settings(media_root=folder, featured="film.mp4", access_log=False, **settings))[0]


@asynccontextmanager
async def watching(app: Quart) -> AsyncIterator[AsgiClient]:
    """Have somebody watch who takes a block and no more, until the end of the block."""
    client = AsgiClient(app, blocks=1)
    task = asyncio.create_task(client.request("/video.mp4"))
    await client.full.wait()
    yield client
    client.gone.set()
    await task


async def asked(app: Quart, path: str = "/video.mp4", **headers: str) -> AsgiClient:
    client = AsgiClient(app)
    await client.request(path, headers=headers)
    return client


async def metrics(app: Quart) -> str:
    return str(await (await app.test_client().get("/metrics")).get_data(as_text=True))


async def test_a_delivery_too_many_of_one_client(folder: Path) -> None:
    app = application(folder, max_deliveries_per_client=1)
    async with watching(app):
        client = await asked(app)
        assert client.status == 429
        assert dict(client.headers)["retry-after"] == "2"
        assert dict(client.headers)["cache-control"] == "no-store"
        assert b"deliveries to your address" in client.body
    assert 'video_refused_total{reason="client_deliveries"} 1.0' in await metrics(app)


async def test_a_delivery_too_many_in_all(folder: Path) -> None:
    app = application(folder, max_deliveries=1)
    async with watching(app):
        client = await asked(app)
        assert (client.status, dict(client.headers)["retry-after"]) == (503, "10")
        assert (await asked(app, "/healthz")).status == 200
    assert 'video_refused_total{reason="deliveries"} 1.0' in await metrics(app)


async def test_there_is_room_again_when_one_is_over(folder: Path) -> None:
    app = application(folder, max_deliveries_per_client=1, max_deliveries=1)
    async with watching(app):
        pass
    assert (await asked(app)).body == bytes(SIZE)


async def test_a_refusal_is_no_delivery(folder: Path) -> None:
    app = application(folder, max_deliveries=1)
    async with watching(app):
        await asked(app)
    text = await metrics(app)
    assert 'video_http_requests_total{method="GET",route="/video.mp4",status="503"} 1.0' in text
    assert 'video_lane_total{lane="deliveries"}' not in text


async def test_the_client_behind_a_trusted_proxy_counts(folder: Path) -> None:
    app = application(folder, max_deliveries_per_client=1, trusted_proxies="127.0.0.1")
    async with watching(app):
        assert (await asked(app, **{"X-Forwarded-For": "203.0.113.1"})).status == 200


async def test_what_others_say_of_themselves_does_not(folder: Path) -> None:
    app = application(folder, max_deliveries_per_client=1)
    async with watching(app):
        assert (await asked(app, **{"X-Forwarded-For": "203.0.113.1"})).status == 429


async def test_requests_that_come_too_often(folder: Path) -> None:
    app = application(folder, max_request_rate=2)
    answers = [await asked(app, "/version") for _ in range(4)]
    assert [client.status for client in answers] == [200, 200, 200, 429]
    assert dict(answers[-1].headers)["retry-after"] == "1"


async def test_probes_may_come_as_often_as_they_like(folder: Path) -> None:
    app = application(folder, max_request_rate=1)
    assert {(await asked(app, "/healthz")).status for _ in range(5)} == {200}


async def test_a_rate_is_kept_and_every_byte_arrives(folder: Path) -> None:
    app = application(folder, rate_limit=SIZE * 2 // 3)
    began = time.monotonic()
    client = await asked(app)
    assert client.body == bytes(SIZE)
    assert time.monotonic() - began > 0.4


async def test_no_limit_where_there_is_none(folder: Path) -> None:
    app = application(folder, max_deliveries=0, max_deliveries_per_client=0)
    async with watching(app), watching(app):
        assert (await asked(app)).status == 200


async def test_behind_nginx_the_limits_are_its_part(folder: Path) -> None:
    app = application(folder, max_deliveries_per_client=1, delivery_log=folder / "deliveries.log")
    async with watching(app):
        assert (await asked(app)).status == 200


async def test_every_reason_and_limit_is_told_from_the_start(folder: Path) -> None:
    text = await metrics(application(folder, rate_limit=0))
    assert 'video_refused_total{reason="slow_request"} 0.0' in text
    assert 'video_limit{setting="max_deliveries"} 2000.0' in text
    assert 'video_limit{setting="rate_limit"} 0.0' in text
