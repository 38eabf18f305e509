"""HTTP/1.1 itself: what may come over one connection, and in which order the answers leave it."""

import http.client
import socket
from contextlib import closing

import pytest

from tests.e2e.client import Client

SMALL = {"Range": "bytes=200-1000"}


def test_many_requests_on_one_connection(client: Client, sample: bytes) -> None:
    """Errors, HEAD and 304 leave the connection in order: the next answer is the next request's."""
    with closing(http.client.HTTPConnection(*client.address, timeout=10)) as connection:
        connection.connect()
        port = connection.sock.getsockname()[1]
        for method, path, headers, status in [
            ("GET", "/video.mp4", SMALL, 206),
            ("HEAD", "/video.mp4", {}, 200),
            ("GET", "/video.mp4", {"If-None-Match": "*"}, 304),
            ("GET", "/nothing", {}, 404),
            ("HEAD", "/nothing", {}, 404),
            ("GET", "/video.mp4", {"Range": "bytes=999999-"}, 416),
            ("GET", "/video.mp4", {"If-Match": '"other"'}, 412),
            ("DELETE", "/video.mp4", {}, 405),
            ("GET", "/video.mp4", {"Range": "bytes=0-0,-1"}, 206),
        ]:
            connection.request(method, path, headers=headers)
            response = connection.getresponse()
            response.read()
            assert response.status == status
        connection.request("GET", "/video.mp4", headers=SMALL)
        assert connection.getresponse().read() == sample[200:1001]
        assert connection.sock.getsockname()[1] == port, "one connection served them all"


def test_pipelined_requests_are_answered_in_order(client: Client, sample: bytes) -> None:
    host = client.host.encode()
    requests = [
        b"GET /video.mp4 HTTP/1.1\r\nHost: %b\r\nRange: bytes=%d-%d\r\n%b\r\n"
        % (host, first, first + 9, b"Connection: close\r\n" if first == 400 else b"")
        for first in (0, 100, 200, 300, 400)
    ]
    with socket.create_connection(client.address, timeout=10) as connection:
        connection.sendall(b"".join(requests))
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.count(b"HTTP/1.1 206") == 5
    places = [received.index(b"\r\n\r\n" + sample[first : first + 10]) for first in (0, 100, 200, 300, 400)]
    assert places == sorted(places)


@pytest.mark.parametrize("version", [b"HTTP/1.0", b"HTTP/1.1"])
def test_close_is_heeded(client: Client, sample: bytes, version: bytes) -> None:
    request = b"GET /video.mp4 %b\r\nHost: %b\r\nConnection: close\r\n\r\n" % (version, client.host.encode())
    with socket.create_connection(client.address, timeout=10) as connection:
        connection.sendall(request)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.endswith(b"\r\n\r\n" + sample)


def test_slow_request_is_understood(client: Client, sample: bytes) -> None:
    """A request may come in any pieces."""
    request = b"GET /video.mp4 HTTP/1.1\r\nHost: %b\r\nRange: bytes=200-1000\r\nConnection: close\r\n\r\n"
    with socket.create_connection(client.address, timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in request % client.host.encode():
            connection.sendall(bytes([byte]))
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.endswith(b"\r\n\r\n" + sample[200:1001])


OFFERS = {
    "h2c": b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
    "websocket": b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
    "expect": b"Expect: 100-continue\r\n",
    "trailers": b"TE: trailers\r\n",
}


@pytest.mark.parametrize("fields", OFFERS.values(), ids=OFFERS)
def test_other_offers_are_no_obstacle(client: Client, sample: bytes, fields: bytes) -> None:
    request = b"GET /video.mp4 HTTP/1.1\r\nHost: %b\r\nRange: bytes=0-9\r\n%b\r\n"
    answer = client.raw(request % (client.host.encode(), fields))
    assert answer
    assert (answer.status, answer.body) == (206, sample[:10])
