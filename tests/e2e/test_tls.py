"""The TLS overlay: over HTTP/2 the stack answers as over HTTP/1.1, and counts the same."""

import http.client
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests as http11

from tests.e2e import authority, series
from tests.e2e.authority import Authority
from tests.e2e.films import LAB_FILM, MEGABYTE, film, install
from tests.e2e.http2 import Http2
from tests.e2e.spellings import Request, nginx_cannot_tell, requests
from tests.e2e.targets.compose import Compose, docker
from tests.e2e.targets.process import free_port, wait_until

pytestmark = [pytest.mark.only("compose"), pytest.mark.stage(4), pytest.mark.usefixtures("target")]

NUMBER = 1000
SIZE = MEGABYTE
SOME = 100_000
STALL_TIMEOUT = 5
OF_THE_CONNECTION = {"connection", "date", "keep-alive", "x-request-id"}
LANES = [
    ("/video.mp4", {}, "fast"),
    ("/video.mp4", {"Range": "bytes=200-1000"}, "fast"),
    ("/video.mp4", {"Range": f"bytes={SIZE}-"}, "fast"),
    ("/chunked_video.mp4", {"Range": "bytes=200-200000"}, "chunk"),
    ("/video.mp4", {"Range": "bytes=0-1,5-6"}, "exact"),
]


class Tls(Compose):
    """The composed stack under the overlay, with a certificate of an authority of its own."""

    files = ("docker-compose.yml", "deploy/compose.tls.yml")

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder)
        self.certificates = folder / "tls"
        self.certificates.mkdir(mode=0o755)
        self.authority.issue(self.certificates, "first")
        media = folder / "media"
        media.mkdir(mode=0o755)
        install(media, film(seed=31, size=SIZE))
        self.tls_port = free_port()
        settings = {
            "VIDEO_FEATURED": LAB_FILM,
            "VIDEO_STALL_TIMEOUT": str(STALL_TIMEOUT),
            "HTTPS_PORT": str(self.tls_port),
            "TLS_DIR": str(self.certificates),
        }
        super().__init__(media, settings)

    def http2(self, **options: Any) -> Http2:
        """Connect to nginx's container itself; Docker's proxy would swallow megabytes."""
        host = self.direct_url.partition("://")[2].rpartition(":")[0]
        return Http2((host, 8443), self.authority.root, **options)

    def certificate(self) -> str:
        """Say whom the certificate that is shown now was made for."""
        with self.http2() as connection:
            return connection.owner

    def metrics(self) -> str:
        with self.http2() as connection:
            return connection.ask("/metrics").body.decode()

    def counted(self, name: str, **labels: str) -> float:
        return series.value(self.metrics(), name, **labels)


@pytest.fixture(scope="module", name="tls")
def _tls() -> Iterator[Tls]:
    if lack := authority.missing():
        pytest.skip(lack)
    with tempfile.TemporaryDirectory(prefix="video-tls-") as name:
        Path(name).chmod(0o755)  # the containers' user reads it
        stack = Tls(Path(name))
        yield stack
        stack.stop()


@pytest.fixture(name="http2")
def _http2(tls: Tls) -> Iterator[Http2]:
    with tls.http2() as connection:
        yield connection


def test_a_browser_would_choose_http2(http2: Http2) -> None:
    assert http2.protocol == "h2"


def test_the_film_arrives_whole(http2: Http2) -> None:
    assert http2.ask("/video.mp4").body == film(seed=31, size=SIZE)


@pytest.mark.parametrize(("path", "fields", "lane"), LANES, ids=str)
def test_the_same_lane_is_taken(tls: Tls, http2: Http2, path: str, fields: dict[str, str], lane: str) -> None:
    http2.ask(path, fields)  # so that the service has decided
    before = tls.counted("video_lane_total", lane=lane)
    http2.ask(path, fields)
    wait_until(
        lambda: tls.counted("video_lane_total", lane=lane) > before + (lane == "exact"), 5, f"one in {lane}"
    )


def test_the_answers_are_those_of_http11(tls: Tls, http2: Http2) -> None:
    context = ssl.create_default_context(cafile=str(tls.authority.root))
    known = http2.ask("/video.mp4", method="HEAD")
    etag, modified = known.values("etag")[0], known.values("last-modified")[0]
    statuses = set()
    with closing(http.client.HTTPSConnection("localhost", tls.tls_port, timeout=30, context=context)) as old:
        for request in requests(NUMBER, etag, modified):
            if nginx_cannot_tell(request, joins_lines=True):
                continue
            expected, found = over_http11(old, request), over_http2(http2, request)
            assert found == expected, request
            statuses.add(found[0])
    assert statuses >= {200, 206, 304, 404, 405, 412, 416}


Seen = tuple[int, list[tuple[str, str]], bytes]


def over_http11(connection: http.client.HTTPSConnection, request: Request) -> Seen:
    connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
    for name, value in (("Host", "localhost"), *request.fields):
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    return seen(response.status, response.getheaders(), response.read())


def over_http2(connection: Http2, request: Request) -> Seen:
    number = connection.begin(request.target, request.fields, request.method)
    stream = connection.until(number, 2 * SIZE)
    return seen(stream.status, stream.fields, bytes(stream.body))


def seen(status: int, fields: list[tuple[str, str]], body: bytes) -> Seen:
    """Keep what is the same on every connection; the separator of parts is not."""
    kept = sorted((name.lower(), value) for name, value in fields if name.lower() not in OF_THE_CONNECTION)
    kind = dict(kept).get("content-type", "")
    separator = kind.partition("boundary=")[2] or "\0"
    neutral = [(name, value.replace(separator, "BOUNDARY")) for name, value in kept]
    return status, neutral, body.replace(separator.encode(), b"BOUNDARY")


def sent(tls: Tls) -> float:
    """Count the bytes, once nothing is on its way any more."""
    counted, last = -1.0, -2.0
    while counted != last:
        time.sleep(tls.metrics_delay)
        last, counted = counted, tls.counted("video_delivered_bytes_total", route="/video.mp4")
    return counted


def test_delivered_bytes_are_those_of_the_body(tls: Tls, http2: Http2) -> None:
    """Not those of the frames around them."""
    before = sent(tls)
    ranges: list[dict[str, str]] = [{}, {"Range": "bytes=-70001"}]
    received = sum(len(http2.ask("/video.mp4", fields).body) for fields in ranges)
    assert sent(tls) == before + received


def test_a_viewer_who_resets_the_stream_has_left(tls: Tls) -> None:
    def aborted() -> float:
        return tls.counted("video_deliveries_total", route="/video.mp4", outcome="aborted")

    already, before = sent(tls), aborted()
    with tls.http2(window=SOME) as connection:
        number = connection.begin("/video.mp4")
        received = len(connection.until(number, SOME).body)
        connection.leave(number)
        wait_until(lambda: aborted() == before + 1, 5, "an aborted delivery")
        assert connection.ask("/healthz").status == 200, "the connection goes on"
    assert sent(tls) == already + received


def test_a_viewer_who_opens_no_window_is_cut(tls: Tls) -> None:
    with tls.http2(window=1000) as connection:
        number = connection.begin("/video.mp4")
        connection.until(number, 1000)
        assert connection.until_reset(number, STALL_TIMEOUT * 3)


def test_without_tls_it_is_elsewhere(tls: Tls) -> None:
    response = tls.get("/video.mp4?t=5", allow_redirects=False)
    assert response.status_code == 308
    assert response.headers["Location"] == f"https://127.0.0.1:{tls.tls_port}/video.mp4?t=5"


def test_who_names_no_host_is_not_sent_nowhere(tls: Tls) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(tls.base_url).port), timeout=10) as connection:
        connection.sendall(b"GET /video.mp4 HTTP/1.0\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 421 ")
    assert answer.endswith(b"A secured resource is not served over an unsecured connection.\n")


def test_plain_http_on_the_port_for_tls_is_told_so_in_plain_text(tls: Tls) -> None:
    response = http11.get(f"http://127.0.0.1:{tls.tls_port}/video.mp4", timeout=10)
    assert (response.status_code, response.text) == (400, "The request is not valid HTTP.\n")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_need_no_certificate(tls: Tls, path: str) -> None:
    assert tls.get(path, allow_redirects=False).status_code == 200


@pytest.mark.parametrize(("scheme", "status"), [("https", 200), ("http", 421)])
def test_a_target_of_the_other_scheme_is_misdirected(tls: Tls, scheme: str, status: int) -> None:
    context = ssl.create_default_context(cafile=str(tls.authority.root))
    client = http.client.HTTPSConnection("localhost", tls.tls_port, timeout=30, context=context)
    with closing(client):
        client.request("GET", f"{scheme}://localhost/video.mp4")
        assert client.getresponse().status == status


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_session_can_be_resumed(tls: Tls, version: ssl.TLSVersion) -> None:
    context = ssl.create_default_context(cafile=str(tls.authority.root))
    context.minimum_version = context.maximum_version = version

    def session(known: ssl.SSLSession | None) -> tuple[ssl.SSLSession | None, bool | None]:
        with (
            socket.create_connection(("127.0.0.1", tls.tls_port), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname="localhost", session=known) as secured,
        ):
            secured.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            while secured.recv(4096):
                pass
            return secured.session, secured.session_reused

    assert session(session(None)[0])[1]


def test_a_renewed_certificate_is_shown_after_a_reload(tls: Tls) -> None:
    with tls.http2(window=SOME) as running:
        number = running.begin("/video.mp4")
        tls.authority.issue(tls.certificates, "renewed")
        tls.reload_nginx()
        wait_until(lambda: tls.certificate() == "renewed", 10, "the new certificate")
        assert len(running.until(number, SOME).body) == SOME, "the old connection goes on"


def test_a_reload_with_a_broken_certificate_changes_nothing(tls: Tls) -> None:
    shown, broken = tls.certificates / "fullchain.pem", tls.certificates / "broken.pem"
    broken.write_bytes(shown.read_bytes()[:300])
    broken.chmod(0o644)
    broken.replace(shown)  # a new file: nginx takes one with the same inode and second for the old one
    tls.reload_nginx()
    wait_until(lambda: "cannot load certificate" in tls.logs(), 10, "a word about it")
    assert tls.certificate() in {"first", "renewed"}


def test_a_probe_that_fails_is_not_sent_elsewhere(tls: Tls) -> None:
    """To curl's `--fail`, which probes the container, a redirect is a success."""
    tls.compose("stop", "service")
    try:
        wait_until(lambda: tls.get("/healthz", allow_redirects=False).status_code == 503, 10, "it is ill")
    finally:
        tls.compose("start", "service")


def test_without_a_certificate_it_does_not_start(tls: Tls) -> None:
    image = docker("inspect", "--format", "{{.Image}}", tls.compose("ps", "--quiet", "nginx").strip()).strip()
    listen = ("-e", "NGINX_LISTEN=tls", "-e", "VIDEO_UPSTREAM=127.0.0.1:8000", "--network=none")
    command = ["docker", "run", "--rm", *listen, image]
    tried = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert tried.returncode == 1
    assert 'cannot load certificate "/etc/nginx/tls/fullchain.pem"' in tried.stderr


def test_a_client_that_knows_no_such_authority_gets_nothing(tls: Tls) -> None:
    with pytest.raises(http11.exceptions.SSLError):
        http11.get(f"https://localhost:{tls.tls_port}/video.mp4", timeout=10)
