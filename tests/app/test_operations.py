"""/healthz, /readyz, /version and /metrics."""

import asyncio
import os
import shutil
import threading
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as parse_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families as parse_text
from quart import Quart
from quart.typing import TestClientProtocol as Client

from service import __version__
from service.app import create_app
from service.drain import Drain
from service.routes import readiness as readiness_module
from service.settings import Settings
from tests.app.conftest import SAMPLE


async def value(client: Client, name: str, **labels: str) -> float:
    text = await (await client.get("/metrics")).get_data(as_text=True)
    samples = [sample for family in parse_text(text) for sample in family.samples if sample.name == name]
    return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())


async def test_alive_needs_no_disk(client: Client, media: Path) -> None:
    shutil.rmtree(media)
    response = await client.get("/healthz")
    assert (response.status_code, await response.get_data()) == (200, b"ok\n")


async def readiness(client: Client) -> tuple[int, dict[str, Any]]:
    response = await client.get("/readyz")
    assert response.content_type == "application/json"
    return response.status_code, await response.get_json()


async def test_ready_with_every_check(client: Client) -> None:
    checks = {"media": {"ok": True}, "library": {"ok": True}, "drain": {"ok": True}}
    assert await readiness(client) == (200, {"status": "ready", "checks": checks})


async def test_not_ready_while_no_video_can_be_opened(client: Client, media: Path) -> None:
    (media / "film.mp4").unlink()
    status, said = await readiness(client)
    assert (status, said["status"]) == (503, "not ready")
    assert said["checks"]["media"] == {"ok": False, "reason": "the media cannot be read"}


async def test_ready_while_one_of_two_videos_is_gone(media: Path, content: bytes) -> None:
    (media / "other.mp4").write_bytes(content)
    os.utime(media / "other.mp4", (1_700_000_000, 1_700_000_000))
    app, _ = create_app(Settings(media_root=media, featured="film.mp4", access_log=False))
    async with app.test_app():
        (media / "film.mp4").unlink()
        assert (await readiness(app.test_client()))[0] == 200


async def test_an_empty_folder_is_ready(tmp_path: Path) -> None:
    app, _ = create_app(Settings(media_root=tmp_path, access_log=False))
    async with app.test_app():
        assert (await readiness(app.test_client()))[0] == 200


async def test_not_ready_before_the_folder_is_indexed(media: Path) -> None:
    app, _ = create_app(Settings(media_root=media, access_log=False))
    status, said = await readiness(app.test_client())
    assert status == 503
    assert said["checks"]["library"] == {"ok": False, "reason": "the library is loading"}


@pytest.mark.parametrize("path", ["/", "/api/videos", "/api/videos/x", "/watch/x", "/embed/x"])
async def test_nothing_is_said_of_the_videos_before_the_folder_is_indexed(media: Path, path: str) -> None:
    app, _ = create_app(Settings(media_root=media, access_log=False))
    response = await app.test_client().get(path)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")


async def test_not_ready_while_the_folder_cannot_be_read(client: Client, media: Path) -> None:
    media.rename(media.with_name("elsewhere"))
    reason = "the library is unreadable"
    async with asyncio.timeout(3):
        while (await readiness(client))[1]["checks"]["library"] != {"ok": False, "reason": reason}:
            await asyncio.sleep(0.05)


async def test_not_ready_but_alive_once_the_drain_has_begun(media: Path) -> None:
    drain = Drain()
    app, _ = create_app(Settings(media_root=media, access_log=False), drain)
    async with app.test_app():
        drain.begin()
        status, said = await readiness(app.test_client())
        assert status == 503
        assert said["checks"]["drain"] == {"ok": False, "reason": "the service is about to end"}
        assert (await app.test_client().get("/healthz")).status_code == 200


async def test_the_library_is_in_the_metrics(client: Client, media: Path) -> None:
    assert await value(client, "video_library_videos") == 1
    assert await value(client, "video_library_state", state="ready") == 1
    assert await value(client, "video_library_state") == 1
    assert await value(client, "video_library_scan_seconds") > 0
    assert abs(await value(client, "video_library_last_scan_timestamp_seconds") - time.time()) < 60
    (media / "text.txt").touch()
    async with asyncio.timeout(3):
        while await value(client, "video_library_ignored_files", reason="type") != 1:
            await asyncio.sleep(0.05)


async def test_a_hung_media_folder_is_not_ready_and_holds_up_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness_module, "_READY_WITHIN", 0.05)
    ended = threading.Event()
    looks = []

    def hang(*_: object) -> None:
        looks.append(threading.current_thread().name)
        ended.wait(30)
        raise OSError

    with patch("service.library.files.os.open", side_effect=hang):
        asked = [asyncio.create_task(readiness(client)) for _ in range(40)]
        await asyncio.sleep(0)
        assert (await client.get("/healthz")).status_code == 200
        answers = [await task for task in asked]
        ended.set()
    assert {status for status, _ in answers} == {503}
    assert "did not answer" in answers[0][1]["checks"]["media"]["reason"]
    # (the facts of the film may be read just now)
    assert len([name for name in looks if not name.startswith("facts")]) == 1, "one look at a time"


async def test_the_build_is_told(client: Client) -> None:
    said = await (await client.get("/version")).get_json()
    assert said == {"version": __version__, "revision": "unknown", "created": "unknown"}
    assert await value(client, "video_build_info", revision="unknown", version=__version__) == 1


async def test_metrics_come_as_prometheus_text(client: Client) -> None:
    response = await client.get("/metrics")
    names = {family.name for family in parse_text(await response.get_data(as_text=True))}
    assert response.headers["Content-Type"].startswith("text/plain; version=")
    assert {"video_http_requests", "video_delivered_bytes", "video_build_info", "python_info"} <= names


async def test_metrics_come_as_openmetrics_when_asked_for(client: Client) -> None:
    accept = "application/openmetrics-text; version=1.0.0"
    response = await client.get("/metrics", headers={"Accept": accept})
    text = await response.get_data(as_text=True)
    families = {family.name for family in parse_openmetrics(text)}  # type: ignore[no-untyped-call]
    assert response.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert "video_http_requests" in families


@pytest.mark.parametrize("accept", ["application/openmetrics-text;version=abc", "text/plain;version=zz"])
async def test_an_odd_accept_is_no_error(client: Client, accept: str) -> None:
    response = await client.get("/metrics", headers={"Accept": accept})
    assert response.status_code == 200


async def test_a_delivery_is_counted_to_the_byte(client: Client) -> None:
    await client.get("/video.mp4", headers={"Range": "bytes=200-1000"})
    route = "/video.mp4"
    assert await value(client, "video_delivered_bytes_total", route=route) == 801
    assert await value(client, "video_planned_bytes_total", route=route) == 801
    assert await value(client, "video_file_bytes_total", route=route) == SAMPLE.stat().st_size
    assert await value(client, "video_http_requests_total", route=route, method="GET", status="206") == 1
    labels = {"route": route, "status": "206", "range": "bounded", "outcome": "complete"}
    assert await value(client, "video_deliveries_total", **labels) == 1
    assert await value(client, "video_delivery_seconds_count", route=route) == 1
    assert await value(client, "video_first_byte_seconds_count", route=route) == 1
    assert await value(client, "video_deliveries_in_progress") == 0


@pytest.mark.parametrize(("headers", "status"), [({"If-None-Match": "*"}, "304"), ({}, "200")])
async def test_an_answer_without_a_body_delivers_nothing(
    client: Client, headers: dict[str, str], status: str
) -> None:
    await client.head("/video.mp4", headers=headers)
    assert await value(client, "video_delivered_bytes_total", route="/video.mp4") == 0
    assert await value(client, "video_file_bytes_total", route="/video.mp4") == 0
    assert await value(client, "video_http_requests_total", method="HEAD", status=status) == 1
    assert await value(client, "video_deliveries_total", status=status, outcome="complete") == 1


async def test_paths_and_methods_of_strangers_make_no_new_series(client: Client) -> None:
    for number in range(20):
        await client.get(f"/nothing/{number}")
        await client.open("/video.mp4", method=f"BREW{number}", json=None)
    text = await (await client.get("/metrics")).get_data(as_text=True)
    lines = [line for line in text.splitlines() if line.startswith("video_http_requests_total")]
    assert len(lines) == 2
    assert all('route="unmatched"' in line for line in lines)
    assert await value(client, "video_http_requests_total", method="other", status="405") == 20


async def test_each_application_has_its_own_registry(app: Quart, client: Client) -> None:
    await client.get("/video.mp4")
    assert app.asgi_app is not None
    assert await value(client, "video_http_requests_total", route="/video.mp4") == 1
