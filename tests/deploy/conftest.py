"""A real nginx with our configuration, in front of an origin that only says what it was asked."""

import http.server
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.delivery.log_line import FIELDS
from tests import nginx_binary, nginx_config
from tests.debian import UnavailableError
from tests.e2e.client import Client
from tests.e2e.targets import ROOT
from tests.e2e.targets.process import LoggedProcess, clean_environment, free_port, wait_until

# Answers with what the maps make of a request, as if the file were what the test says.
MIRROR = """
server {
    listen %s;
    set $now_length $http_x_length;
    set $now_etag $http_x_etag;
    set $chunk_uri /kept;
    return 200 "$is_ordinary $plain_range $range_place $range_folder $chunk_kept";
}
"""


class Origin(http.server.ThreadingHTTPServer):
    """Answers 404 to /nothing and 200 to everything else, and keeps what it was sent."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.targets: list[str] = []
        self.headers: list[dict[str, str]] = []


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Origin

    def do_GET(self) -> None:
        self.server.targets.append(self.requestline.split()[1])  # `path` is tidied up
        self.server.headers.append(dict(self.headers.items()))
        body = b"from the origin\n"
        self.send_response(404 if self.path.startswith("/nothing") else 200)
        for name, value in {"X-Request-ID": "its own", "X-Content-Type-Options": "nosniff"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


class Proxy(Client):
    """A client of nginx, who also reads what that wrote."""

    def __init__(self, folder: Path, upstream: int, trusted: str) -> None:
        nginx = nginx_binary.find()
        listen = f"127.0.0.1:{free_port()}"
        addresses = {"NGINX_PORT": listen, "VIDEO_UPSTREAM": f"127.0.0.1:{upstream}"}
        conf = nginx_config.render(folder, addresses | {"VIDEO_TRUSTED_PROXIES": trusted})
        site = folder / "run/site.conf"
        mirror = f"127.0.0.1:{free_port()}"
        self.mirror = f"http://{mirror}"
        site.write_text(site.read_text() + MIRROR % mirror)
        env = clean_environment(**nginx.env)
        self.process = LoggedProcess(nginx_config.command(nginx, conf), env, folder / "nginx.log", cwd=ROOT)
        self.published = folder / "decisions"
        self._deliveries = folder / "log/deliveries.log"
        super().__init__(f"http://{listen}")

    def lines(self) -> list[dict[str, Any]]:
        """Read the access log."""
        written, _, _ = self.process.log.read_bytes().rpartition(b"\n")  # (the last may be half there)
        return [json.loads(line) for line in written.splitlines() if line.startswith(b"{")]

    def deliveries(self) -> list[dict[str, str]]:
        """Read the delivery log."""
        written, _, _ = self._deliveries.read_text().rpartition("\n")
        return [dict(zip(FIELDS, line.split("\t"), strict=True)) for line in written.splitlines()]

    def listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(self.address) == 0


def started(folder: Path, upstream: int, trusted: str = "") -> Iterator[Proxy]:
    try:
        nginx_binary.find()
    except UnavailableError as lack:
        pytest.skip(str(lack))
    with Proxy(folder, upstream, trusted) as proxy:
        try:
            wait_until(proxy.listens, 10, "nginx listens")
            yield proxy
        finally:
            proxy.process.stop()


@pytest.fixture(scope="session", name="origin")
def _origin() -> Iterator[Origin]:
    with Origin() as origin:
        threading.Thread(target=origin.serve_forever, daemon=True).start()
        yield origin
        origin.shutdown()


@pytest.fixture(scope="session", name="proxy")
def _proxy(origin: Origin, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """In front of the origin; tests say where a request comes from (X-Forwarded-For)."""
    yield from started(tmp_path_factory.mktemp("proxy") / "nginx", origin.server_port, "127.0.0.1")


@pytest.fixture(scope="session", name="lonely")
def _lonely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """In front of nothing."""
    yield from started(tmp_path_factory.mktemp("lonely") / "nginx", free_port())
