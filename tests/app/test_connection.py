"""Connections: our protocol against Hypercorn's own, over real sockets on one event loop."""

import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import hypercorn.protocol
import pytest
from hypercorn.asyncio import serve
from hypercorn.protocol.h11 import H11Protocol

from service.app import create_app
from service.protocol import OriginProtocol, install
from service.server import ServerConfig
from service.settings import Settings

HEAD = b"Host: localhost\r\n\r\n"
RANGE = b"Range: bytes=0-4\r\n"
FIRST_BYTES = b"\0\0\0 f"  # of every MP4 file that starts with a 32 byte ftyp box

Open = Callable[[], "asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]"]


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


class Server:
    """A running server, and how to talk to it."""

    def __init__(self, port: int, stop: Callable[[], None]) -> None:
        self.port = port
        self.stop = stop

    async def say(self, request: bytes, *, half_close: bool = False) -> bytes:
        """Send and return everything until the server closes, or falls silent for a moment."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request)
        if half_close:
            writer.write_eof()
        answer = b""
        with contextlib.suppress(TimeoutError, ConnectionError):
            while block := await asyncio.wait_for(reader.read(65536), 0.4):
                answer += block
        writer.close()
        await writer.wait_closed()
        return answer


@asynccontextmanager
async def serving(
    monkeypatch: pytest.MonkeyPatch, media: Path, protocol: type[H11Protocol], **settings_: int
) -> AsyncIterator[Server]:
    install()
    monkeypatch.setattr(hypercorn.protocol, "H11Protocol", protocol)
    port, stop = free_port(), asyncio.Event()
    values = {"drain_timeout": 1, **settings_}
    settings = Settings(media_root=media, access_log=False, bind=f"127.0.0.1:{port}", **values)  # type: ignore[arg-type]
    app, observers = create_app(settings)
    config = ServerConfig(settings, observers)
    task = asyncio.create_task(serve(app, config, shutdown_trigger=stop.wait))
    await until(lambda: _listens(port))
    yield Server(port, stop.set)
    stop.set()
    await task


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.01)
    return condition()


@pytest.fixture(name="server")
async def _server(monkeypatch: pytest.MonkeyPatch, media: Path) -> AsyncIterator[Server]:
    async with serving(monkeypatch, media, OriginProtocol) as server:
        yield server


def statuses(answer: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 ([0-9]{3}) ", answer)]


REFUSED = [
    (b"GET /video.mp4 HTTP/1.1\r\n\r\n", 400),
    (b"GET /video.mp4 HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
    (b"GET /video.mp4 HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    (
        b"GET /video.mp4 HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n"
        + HEAD
        + b"0\r\n\r\n",
        400,
    ),
    (b"GET /video.mp4 HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n" + HEAD, 400),
    (b"GET /video.mp4 HTTP/1.1\r\nContent-Length: -1\r\n" + HEAD, 400),
    (b"GET /video.mp4 HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n" + HEAD, 501),
    (b"GET /video.mp4 HTTP/1.1\r\nRange : bytes=0-4\r\n" + HEAD, 400),
    (b"GET /video.mp4 HTTP/1.1\r\nX: a\0b\r\n" + HEAD, 400),
    (b"GET ?x HTTP/1.1\r\n" + HEAD, 400),
    (b"get /video.mp4 HTTP/1.1\r\n" + HEAD, 501),
    (b"GET /video.mp4 HTTP/2.0\r\n" + HEAD, 505),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    (b"GET /video.mp4\r\n\r\n", 400),
    (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n" + HEAD, 414),
    (b"GET /" + b"a" * 90_000 + b" HTTP/1.1\r\n" + HEAD, 414),
    (b"GET /video.mp4 HTTP/1.1\r\nX: " + b"a" * 90_000 + b"\r\n" + HEAD, 431),
    (b"GET /video.mp4 HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + HEAD, 431),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
]


@pytest.mark.parametrize(("request_", "status"), REFUSED)
async def test_a_bad_request_is_told_why_and_the_connection_closed(
    server: Server, request_: bytes, status: int
) -> None:
    answer = await server.say(request_ + b"GET /healthz HTTP/1.1\r\n" + HEAD)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert statuses(answer) == [status]
    assert b"connection: close" in head
    assert b"x-content-type-options: nosniff" in head
    assert body.startswith(b"%d " % status)
    assert b": " in body


async def test_a_header_section_that_trickles_in_is_refused_and_the_connection_closed(
    monkeypatch: pytest.MonkeyPatch, media: Path
) -> None:
    async with serving(monkeypatch, media, OriginProtocol, header_timeout=1) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /video.mp4 HTTP/1.1\r\nHost: ")
        async with asyncio.timeout(5):
            answer = await reader.read()
        assert statuses(answer) == [408]
        assert b"did not arrive within 1 s" in answer
        metrics = await server.say(b"GET /metrics HTTP/1.1\r\nConnection: close\r\n" + HEAD)
        assert b'video_refused_total{reason="slow_request"} 1.0' in metrics
        writer.close()


async def test_the_time_of_a_header_section_ends_with_it(
    monkeypatch: pytest.MonkeyPatch, media: Path
) -> None:
    async with serving(monkeypatch, media, OriginProtocol, header_timeout=1) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        for piece in (b"GET /healthz HTTP/1.1\r\n", HEAD, b""):
            writer.write(piece)
            await asyncio.sleep(0.7)
        writer.write(b"GET /healthz HTTP/1.1\r\n" + HEAD)
        await asyncio.sleep(0.3)
        assert statuses(await reader.read(65536)) == [200, 200]
        writer.close()


SIZES = [
    (b"GET /?" + b"a" * 993 + b" HTTP/1.1\r\n" + HEAD, 200),
    (b"GET /?" + b"a" * 999 + b" HTTP/1.1\r\n" + HEAD, 414),
    (b"GET /healthz HTTP/1.1\r\nX: " + b"a" * 4_000 + b"\r\n" + HEAD, 200),
    (b"GET /healthz HTTP/1.1\r\nX: " + b"a" * 4_100 + b"\r\n" + HEAD, 431),
]


@pytest.mark.parametrize(("request_", "status"), SIZES)
async def test_the_sizes_of_a_request_are_settings(
    monkeypatch: pytest.MonkeyPatch, media: Path, request_: bytes, status: int
) -> None:
    sizes = {"max_uri_size": 1000, "max_header_size": 4096}
    async with serving(monkeypatch, media, OriginProtocol, **sizes) as server:
        assert statuses(await server.say(request_)) == [status]


async def test_what_is_refused_is_counted(server: Server) -> None:
    await server.say(b"GET /video.mp4 HTTP/1.1\r\nHost: a b\r\n\r\n")
    metrics = await server.say(b"GET /metrics HTTP/1.1\r\nConnection: close\r\n" + HEAD)
    assert b'video_http_requests_total{method="GET",route="unmatched",status="400"} 1.0' in metrics


async def test_a_refused_head_gets_no_body(server: Server) -> None:
    answer = await server.say(b"HEAD /%zz HTTP/1.1\r\n" + HEAD)
    assert statuses(answer) == [400]
    assert answer.endswith(b"\r\n\r\n")


ANSWERED = [
    b"GET /video.mp4 HTTP/1.1\r\n" + RANGE + HEAD,
    b"\r\n\r\nGET /video.mp4 HTTP/1.1\r\n" + RANGE + HEAD,
    b"GET /video.mp4 HTTP/1.0\r\n" + RANGE + b"\r\n",
    b"GET http://localhost/video.mp4 HTTP/1.1\r\n" + RANGE + HEAD,
    b"GET /video%2Emp4?x HTTP/1.1\r\n" + RANGE + HEAD,
    b"GET /video.mp4 HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: A\r\n"
    + RANGE
    + HEAD,
    b"GET /video.mp4 HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + RANGE + HEAD,
    b"GET /video.mp4 HTTP/1.1\r\nContent-Length: 5\r\n" + RANGE + HEAD + b"hello",
    b"GET /video.mp4 HTTP/1.1\r\nConnection: close\r\n"
    + RANGE
    + HEAD
    + b"GET /video.mp4 HTTP/1.1\r\n"
    + HEAD,
]


@pytest.mark.parametrize("request_", ANSWERED)
@pytest.mark.parametrize("half_close", [False, True])
async def test_a_good_request_is_answered_once(server: Server, request_: bytes, *, half_close: bool) -> None:
    answer = await server.say(request_, half_close=half_close)
    assert statuses(answer) == [206]
    assert answer.endswith(b"\r\n\r\n" + FIRST_BYTES)


async def test_a_client_that_half_closes_gets_the_whole_video(server: Server, content: bytes) -> None:
    answer = await server.say(b"GET /video.mp4 HTTP/1.1\r\n" + HEAD, half_close=True)
    assert answer.partition(b"\r\n\r\n")[2] == content


async def test_empty_lines_between_requests_are_skipped(server: Server) -> None:
    assert statuses(await server.say((b"HEAD /video.mp4 HTTP/1.1\r\n" + HEAD + b"\r\n") * 3)) == [200] * 3


async def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    lines = [
        b"GET /video.mp4 HTTP/1.1\r\n" + RANGE,
        b"HEAD /video.mp4 HTTP/1.1\r\n",
        b"GET /nothing HTTP/1.1\r\n",
    ]
    answer = await server.say(b"".join(line + HEAD for line in [*lines, *lines]))
    assert statuses(answer) == [206, 200, 404] * 2


KEPT_OPEN = [
    (RANGE, 206),
    (b"If-None-Match: *\r\n", 304),
    (b'If-Match: "x"\r\n', 412),
    (b"Range: bytes=999999-\r\n", 416),
    (b"Range: bytes=0-1,5-6\r\n", 206),
]


@pytest.mark.parametrize(("field", "status"), KEPT_OPEN)
async def test_the_connection_stays_open_after(server: Server, field: bytes, status: int) -> None:
    request = b"GET /video.mp4 HTTP/1.1\r\n" + field + HEAD
    assert statuses(await server.say(request * 3)) == [status] * 3


async def test_options_of_the_server_as_a_whole(server: Server) -> None:
    answer = await server.say(b"OPTIONS * HTTP/1.1\r\n" + HEAD)
    assert statuses(answer) == [200]
    assert b"allow: GET, HEAD, OPTIONS" in answer


async def _leave_with_pipelined_requests(server: Server) -> bool:
    """Ask twice for a film, read none of it, and vanish; say whether every task of it ends."""
    before = len(asyncio.all_tasks())
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write((b"GET /video.mp4 HTTP/1.1\r\n" + HEAD) * 2)
    await reader.readexactly(1000)
    writer.transport.abort()
    return await until(lambda: len(asyncio.all_tasks()) <= before, seconds=3)


@pytest.fixture(name="long_film")
def _long_film(media: Path) -> Path:
    with (media / "film.mp4").open("wb") as film:
        film.truncate(200 * 2**20)
    return media


async def test_pipelined_requests_and_a_client_that_leaves(server: Server, long_film: Path) -> None:
    assert long_film.is_dir()
    assert await _leave_with_pipelined_requests(server)


async def test_hypercorn_s_own_protocol_would_leak(monkeypatch: pytest.MonkeyPatch, long_film: Path) -> None:
    """What the test above guards against; when this one fails, part of `service.protocol` can go."""
    async with serving(monkeypatch, long_film, H11Protocol) as server:
        assert not await _leave_with_pipelined_requests(server)


async def test_an_idle_connection_is_closed_when_its_client_leaves(server: Server) -> None:
    before = len(asyncio.all_tasks())
    await server.say(b"GET /healthz HTTP/1.1\r\n" + HEAD)
    assert await until(lambda: len(asyncio.all_tasks()) <= before, seconds=3)


@pytest.mark.parametrize(
    "target",
    [
        b"//video.mp4",
        b"/%2Fvideo.mp4",
        b"http://a//video.mp4",
        b"http://a/video.mp4%3Fx",
        b"http://a/video.mp4;p",
    ],
)
async def test_there_is_one_spelling_of_a_path(server: Server, target: bytes) -> None:
    """Neither more slashes nor an encoded slash or question mark is as good as the plain path."""
    assert statuses(await server.say(b"GET " + target + b" HTTP/1.1\r\n" + HEAD)) == [404]


async def _stalled(port: int) -> socket.socket:
    """Ask for a film and read nothing of it, until the server cannot send any more."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", port))
    client.sendall(b"GET /video.mp4 HTTP/1.1\r\n" + HEAD)
    await asyncio.sleep(0.5)
    return client


async def test_a_client_that_stalls_does_not_outlast_the_drain(
    monkeypatch: pytest.MonkeyPatch, long_film: Path
) -> None:
    """The drain timeout is a second here, the stall timeout a minute."""
    async with asyncio.timeout(10):
        async with serving(monkeypatch, long_film, OriginProtocol) as server:
            client = await _stalled(server.port)
    client.close()


async def test_a_client_that_times_out_during_the_drain_cuts_nobody_else(
    monkeypatch: pytest.MonkeyPatch, long_film: Path
) -> None:
    size = (long_film / "film.mp4").stat().st_size
    async with serving(monkeypatch, long_film, OriginProtocol, drain_timeout=20, stall_timeout=1) as server:
        client = await _stalled(server.port)
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /video.mp4 HTTP/1.1\r\n" + HEAD)
        await reader.readuntil(b"\r\n\r\n")
        server.stop()
        received = 0
        while block := await reader.read(1 << 20):
            received += len(block)
            # (slowly enough for the other to time out meanwhile)
            await asyncio.sleep(0.03 if received < size // 2 else 0)
    assert received == size
    client.close()
    writer.close()
