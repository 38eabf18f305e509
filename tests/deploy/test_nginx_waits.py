"""What nginx does with requests for a service that is away for a moment."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.conftest import Origin, Proxy, started
from tests.e2e.targets.process import free_port

KINDS = [
    ("GET", "/", {}),
    ("GET", "/api/videos", {}),
    ("GET", "/files/film.m3u8", {"Range": "bytes=5-"}),
    ("HEAD", "/video.mp4", {}),
    ("GET", "/video.mp4", {}),
    ("GET", "/video.mp4", {"Range": "bytes=0-1,5-6"}),
    ("GET", "/chunked_video.mp4", {"Range": "bytes=5-"}),
    ("GET", "/videos/unknown.mp4", {"If-None-Match": "*"}),
]


class Absent:
    """An origin that is not there yet."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.proxies = started(folder / "nginx", self.port)
        self.proxy = next(self.proxies)

    def comes_after(self, seconds: float) -> threading.Thread:
        def come() -> None:
            time.sleep(seconds)
            self.origin = Origin(self.port)
            self.origin.serve_forever()

        thread = threading.Thread(target=come, daemon=True)
        thread.start()
        return thread

    def leaves(self) -> None:
        self.origin.shutdown()
        self.origin.server_close()


@pytest.fixture(name="absent")
def _absent(tmp_path: Path) -> Iterator[Absent]:
    absent = Absent(tmp_path)
    yield absent
    next(absent.proxies, None)


@pytest.mark.parametrize(("method", "path", "headers"), KINDS, ids=str)
def test_a_request_waits_for_the_service(
    absent: Absent, method: str, path: str, headers: dict[str, str]
) -> None:
    absent.comes_after(0.5)
    lines = [f"{method} {path} HTTP/1.1", "Host: a", *(f"{name}: {value}" for name, value in headers.items())]
    answer = absent.proxy.raw("\r\n".join([*lines, "", ""]).encode(), method)
    absent.leaves()
    assert answer
    assert (answer.status, answer.values("Content-Length")) == (200, ["16"])
    assert answer.values("WWW-Authenticate") == []


def test_a_body_waits_too(absent: Absent) -> None:
    absent.comes_after(0.5)
    answer = absent.proxy.raw(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "POST")
    absent.leaves()
    assert answer
    assert answer.status == 501  # the origin's word: it knows no POST


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_a_probe_does_not_wait(lonely: Proxy, path: str) -> None:
    began = time.monotonic()
    assert lonely.ask(path).status_code == 503
    assert time.monotonic() - began < 0.9


def test_nginx_itself_is_alive(lonely: Proxy) -> None:
    assert lonely.ask("/-/alive").status_code == 200
