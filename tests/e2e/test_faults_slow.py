"""A thousand who send their request byte by byte, a thousand who stop reading: others hardly notice."""

import asyncio
import contextlib
import resource
import statistics
import threading
import time
from collections.abc import Iterator

import pytest
import requests

from tests.e2e.client import Client
from tests.e2e.films import MEGABYTE, film, install_and_wait
from tests.e2e.targets import Stack
from tests.e2e.targets.process import wait_until

pytestmark = pytest.mark.stage(4)
THOUSAND = 1000
SAMPLES = 200
TWICE = 2.0
ATTEMPTS = 3
SETTLED = 1.0
"""Seconds until all of them have been sent what they have room for."""
HALF_A_REQUEST = b"GET /video.mp4 HTTP/1.1\r\nHost: a\r\nX: "
WHOLE_REQUEST = b"GET /video.mp4 HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture(name="content", scope="module", autouse=True)
def _content(trial: Stack) -> bytes:
    content = film(seed=1, size=64 * MEGABYTE)
    install_and_wait(trial, content)
    return content


class Crowd:
    """So many connections in a thread of their own, each of which does nothing but hold on."""

    def __init__(self, base_url: str, request: bytes, drip: bytes) -> None:
        self._host, _, self._port = base_url.removeprefix("http://").partition(":")
        self._request, self._drip = request, drip
        self.there = 0
        self._leave = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._hold()), name="crowd")
        self._thread.start()

    async def _hold(self) -> None:
        writers = [await self._come() for _ in range(THOUSAND)]
        turn = 0
        while not self._leave.is_set():
            await asyncio.sleep(0.01)
            turn += 1
            if self._drip:
                writers[turn % THOUSAND].write(self._drip)
        for writer in writers:
            writer.transport.abort()

    async def _come(self) -> asyncio.StreamWriter:
        reader, writer = await asyncio.open_connection(self._host, int(self._port), limit=1024)
        writer.write(self._request)
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        self.there += 1
        return writer

    def leave(self) -> None:
        self._leave.set()
        self._thread.join()


@contextlib.contextmanager
def crowd(base_url: str, request: bytes, drip: bytes) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 2 * THOUSAND:
        pytest.skip("a process may not open two thousand files here (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * THOUSAND), hard))
    people = Crowd(base_url, request, drip)
    try:
        wait_until(lambda: people.there == THOUSAND, 30, "all are there")
        yield
    finally:
        people.leave()


def first_byte(trial: Stack) -> float:
    """Ask often, over one connection; the answer is the median in seconds."""
    times, url = [], f"{trial.direct_url}/video.mp4"
    with requests.Session() as session:
        session.trust_env = False
        for number in range(SAMPLES):
            fields = {"Range": f"bytes={number * 1000}-{number * 1000 + 49_999}"}
            began = time.perf_counter()
            with session.get(url, headers=fields, stream=True, timeout=10) as answer:
                answer.raw.read(1)
                times.append(time.perf_counter() - began)
                assert len(answer.raw.read()) == 49_999
    return statistics.median(times)


@pytest.mark.parametrize(
    ("request_so_far", "drip"),
    [(HALF_A_REQUEST, b"x"), (WHOLE_REQUEST, b"")],
    ids=["slow to ask", "stalled"],
)
def test_a_viewer_among_a_thousand_others(
    trial: Stack, content: bytes, request_so_far: bytes, drip: bytes
) -> None:
    """The first byte takes less than twice as long; one of three attempts counts, since machines do more."""
    for attempt in range(ATTEMPTS):
        usual = first_byte(trial)
        with crowd(trial.direct_url, request_so_far, drip):
            time.sleep(SETTLED)
            crowded = first_byte(trial)
        print(f"{usual * 1000:.2f} ms, among a thousand {crowded * 1000:.2f} ms")  # noqa: T201
        if crowded < TWICE * usual:
            break
        assert attempt < ATTEMPTS - 1, f"{crowded / usual:.1f} times as long"
    with Client(trial.base_url) as client:
        assert client.ask("/video.mp4").content == content
