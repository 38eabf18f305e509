"""Bytes that are nearly requests: every answer is well-formed and true, nothing hangs, nothing breaks."""

import random
import re
import socket
import time

from tests.e2e.client import Client

SECONDS = 8
PATIENCE = (
    5.0  # seconds for one connection; the client has closed its side, so the server has all it will get
)

SEEDS = [
    b"GET /video.mp4 HTTP/1.1\r\nHost: a\r\nRange: bytes=0-99\r\n\r\n",
    b'GET /chunked_video.mp4 HTTP/1.1\r\nHost: a\r\nRange: bytes=5-,-7\r\nIf-Range: "x"\r\n\r\n',
    b'GET /video.mp4 HTTP/1.0\r\nIf-None-Match: "x", W/"y"\r\nRange: bytes=-5\r\n\r\n',
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"GET http://a/video.mp4?x=%41 HTTP/1.1\r\nHost: a:80\r\nRange: bytes=1-1\r\nConnection: close\r\n\r\n",
    b"OPTIONS /video.mp4 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n",
]
TOKENS = [
    *(b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b",", b"-", b"*", b"#", b"?", b"%", b"%00", b"\xff"),
    *(b"%2e%2e/", b"/../", b"\xc0\xae", b"bytes=", b"9" * 30, b"0" * 30, b" HTTP/1.1", b"A" * 9000),
    *(b"Host: b\r\n", b"Range: bytes=2-3\r\n", b"Content-Length: 9\r\n", b"Transfer-Encoding: chunked\r\n"),
    *(b"Connection: close\r\n", b"Upgrade: h2c\r\n", b"X: y\r\n" * 200, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
]


def mutated(pick: random.Random) -> bytes:
    data = bytearray(b"".join(pick.choices(SEEDS, k=pick.choice([1, 1, 1, 2, 3]))))
    for _ in range(pick.choice([0, 1, 1, 2, 4])):
        place = pick.randrange(len(data) + 1)
        match pick.randrange(4):
            case 0:
                data[place:place] = pick.choice(TOKENS)
            case 1:
                del data[place : place + pick.randrange(1, 20)]
            case 2:
                data[place : place + 1] = bytes([pick.randrange(256)])
            case _:
                data[place:place] = data[pick.randrange(len(data) + 1) :][:30]
    return bytes(data)


def conversation(client: Client, sent: bytes) -> bytes:
    """Send, close our side, and return all that comes; a connection that does not end is an error."""
    received = b""
    deadline = time.monotonic() + PATIENCE
    with socket.create_connection(client.address, timeout=PATIENCE) as connection:
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while block := connection.recv(1 << 20):
                received += block
                assert time.monotonic() < deadline, f"no end: {sent!r}"
        except TimeoutError:
            raise AssertionError(f"hangs: {sent!r}") from None
        except OSError:
            pass  # a server may hang up on what is no HTTP
    return received


def check(received: bytes, sent: bytes, sample: bytes) -> None:
    """Read the answers one after the other; what is left over must be one that was cut by the hanging up."""
    while received:
        head, separator, received = received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 "), (sent, head[:200])
        if not separator:
            return
        status = int(head[9:12])
        assert status < 500 or status in {501, 505}, (sent, head)
        assert b"Traceback" not in head
        length = re.search(rb"\r\ncontent-length: ([0-9]+)", head, re.IGNORECASE)
        size = int(length[1]) if length and status != 304 else 0
        body, received = received[:size], received[size:]
        _check_body(head, status, body, sample)


def _check_body(head: bytes, status: int, body: bytes, sample: bytes) -> None:
    described = re.search(rb"\r\ncontent-range: bytes ([0-9]+)-([0-9]+)/([0-9]+)", head, re.IGNORECASE)
    if status == 206 and described:
        first, last, size = map(int, described.groups())
        assert size == len(sample)
        assert sample[first : last + 1].startswith(body)
    elif status == 200 and b"video/mp4" in head:
        assert sample.startswith(body)


def test_near_requests(client: Client, sample: bytes) -> None:
    pick = random.Random(9112)
    end = time.monotonic() + SECONDS
    conversations = 0
    while time.monotonic() < end:
        sent = mutated(pick)
        check(conversation(client, sent), sent, sample)
        conversations += 1
    assert conversations > 100
    assert client.ask("/healthz").status_code == 200
    assert client.ask("/video.mp4").content == sample
