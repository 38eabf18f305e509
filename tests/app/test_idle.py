"""How long a connection may be idle: from its last response, never within one, and not during the drain."""

import asyncio
from pathlib import Path

import pytest

from service.protocol import OriginProtocol
from tests.app.test_connection import HEAD, RANGE, Server, serving

SHORT = b"GET /video.mp4 HTTP/1.1\r\n" + RANGE + HEAD
WHOLE = b"GET /video.mp4 HTTP/1.1\r\n" + HEAD


async def seconds_until_closed(reader: asyncio.StreamReader) -> float:
    began = asyncio.get_running_loop().time()
    async with asyncio.timeout(10):
        await reader.read()
    return asyncio.get_running_loop().time() - began


async def connect(server: Server, *requests: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Send the requests half a second apart, each after the answer to the one before."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for request in requests:
        await asyncio.sleep(0.5)
        writer.write(request)
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(5)
    return reader, writer


@pytest.mark.parametrize("requests", [[], [SHORT], [SHORT] * 4])
async def test_an_idle_connection_is_closed_after_the_timeout(
    monkeypatch: pytest.MonkeyPatch, media: Path, requests: list[bytes]
) -> None:
    async with serving(monkeypatch, media, OriginProtocol, keep_alive_timeout=1) as server:
        reader, writer = await connect(server, *requests)
        assert 0.8 < await seconds_until_closed(reader) < 2.5
        writer.close()


async def test_a_download_is_no_idle_time(monkeypatch: pytest.MonkeyPatch, media: Path) -> None:
    size = 64 * 2**20
    with (media / "film.mp4").open("wb") as film:
        film.truncate(size)
    async with serving(monkeypatch, media, OriginProtocol, keep_alive_timeout=1) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(WHOLE)
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(2.5)
        async with asyncio.timeout(10):
            assert len(await reader.readexactly(size)) == size
        writer.write(SHORT)
        assert b" 206 " in await reader.readuntil(b"\r\n\r\n")
        writer.close()


async def test_the_drain_does_not_wait_for_an_idle_connection(
    monkeypatch: pytest.MonkeyPatch, media: Path
) -> None:
    async with serving(monkeypatch, media, OriginProtocol, drain_timeout=30) as server:
        reader, writer = await connect(server, SHORT)
        server.stop()
        assert await seconds_until_closed(reader) < 2
        writer.close()


async def test_requests_leave_no_tasks_behind(monkeypatch: pytest.MonkeyPatch, media: Path) -> None:
    async with serving(monkeypatch, media, OriginProtocol) as server:
        _, writer = await connect(server, SHORT)
        await asyncio.sleep(0.1)
        before = asyncio.all_tasks()
        reader, other = await connect(server)
        other.write(SHORT * 50)
        for _ in range(50):
            await reader.readuntil(b"\r\n\r\n")
        other.close()
        async with asyncio.timeout(5):
            while asyncio.all_tasks() - before:
                await asyncio.sleep(0.01)
        writer.close()
