"""What cannot be answered: the right status, a short reason, and never more than that."""

import re
import socket

import pytest

from tests.e2e.client import ERROR_LIMIT, Client

ROUTES = ("/", "/video.mp4", "/chunked_video.mp4", "/healthz", "/metrics", "/assets/style.css")
UNKNOWN = (
    "/nothing", "/video", "/video.mp4/", "/VIDEO.MP4", "/video.mp4.bak", "/sample.mp4", "/assets", "/assets/",
    "/assets/nothing.css", "/service/settings.py", "/.env", "/favicon.ico/x", "/%F0%9F%8E%AC",
)  # fmt: skip
TRAVERSALS = (
    b"/../etc/passwd", b"/../../../../../../etc/passwd", b"/./../etc/passwd", b"//etc/passwd",
    b"///etc/passwd", b"/%2e%2e/etc/passwd", b"/%2e%2e%2f%2e%2e%2fetc/passwd",
    b"/..%2f..%2f..%2fetc%2fpasswd", b"/%252e%252e/etc/passwd", b"/assets/../../etc/passwd",
    b"/assets/../settings.py", b"/assets/%2e%2e/settings.py", b"/assets/..%2fsettings.py",
    b"/assets/..%5csettings.py", b"/assets/..\\settings.py", b"/assets//etc/passwd",
    b"/assets/%2fetc%2fpasswd", b"/assets/....//settings.py", b"/assets/..;/settings.py",
    b"/assets/..%00/settings.py", b"/assets/style.css%00.txt", b"/video.mp4%00", b"/video.mp4%00.html",
    b"/%00", b"/%c0%ae%c0%ae/etc/passwd", b"/\xff\xfe", b"/%ff%fe", b"/%zz", b"/~root/.bashrc",
    b"/C:/windows/win.ini", b"/" + b"a" * 5000, b"/" + b"../" * 500 + b"etc/passwd",
)  # fmt: skip
MALFORMED = {
    "garbage": b"garbage\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "bad host": b"GET / HTTP/1.1\r\nHost: a b/c\r\n\r\n",
    "NUL in the target": b"GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n",
    "NUL in a header": b"GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-\0\r\n\r\n",
    "space before the colon": b"GET / HTTP/1.1\r\nHost: a\r\nRange : bytes=0-1\r\n\r\n",
    "endless header": b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
    "endless target": b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "two lengths": b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\nabcde",
}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", UNKNOWN)
def test_not_found(client: Client, path: str, method: str) -> None:
    response = client.ask(path, method=method)
    assert response.status_code == 404
    if method != "HEAD":
        assert "not found" in response.text.lower() or "no such" in response.text.lower()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "PROPFIND", "TRACE"])
@pytest.mark.parametrize("path", ROUTES)
def test_method_not_allowed(client: Client, path: str, method: str) -> None:
    response = client.ask(path, method=method)
    assert response.status_code == 405
    allowed = {name.strip() for name in response.headers["Allow"].split(",")}
    assert {"GET", "HEAD"} <= allowed <= {"GET", "HEAD", "OPTIONS"}
    assert method in response.text or "method" in response.text.lower()


def test_refused_upload_says_why(client: Client) -> None:
    request = b"POST /video.mp4 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\nabcde"
    answer = client.raw(request, method="POST")
    assert answer
    assert answer.status == 405


def test_unsatisfiable_range_says_why(client: Client) -> None:
    response = client.ask("/video.mp4", {"Range": "bytes=999999-"})
    assert response.status_code == 416
    assert "255849" in response.text.replace(",", "")


def test_failed_precondition_says_why(client: Client) -> None:
    response = client.ask("/video.mp4", {"If-Match": '"other"'})
    assert response.status_code == 412
    assert re.search("if-match|precondition|changed", response.text.lower())


@pytest.mark.parametrize("attempt", TRAVERSALS, ids=lambda attempt: repr(attempt[:40]))
def test_no_way_out_of_the_media_folder(client: Client, attempt: bytes) -> None:
    answer = client.raw_get(attempt)
    assert answer, "hung up without a word"
    assert answer.status in {400, 404, 414}
    assert len(answer.body) < ERROR_LIMIT
    assert not re.search(b"root:|import |Traceback", answer.body)
    assert len({name.lower() for name, _ in answer.headers}) == len(answer.headers), (
        "a header stands there twice"
    )
    assert not any(char.isdigit() for server in answer.values("Server") for char in server)


@pytest.mark.parametrize("request_bytes", MALFORMED.values(), ids=MALFORMED)
def test_malformed_request_is_refused(client: Client, request_bytes: bytes) -> None:
    answer = client.raw(request_bytes)
    if answer is not None:  # hanging up is an answer as well
        assert 400 <= answer.status < 500
        assert len(answer.body) < ERROR_LIMIT
        assert not any(char.isdigit() for server in answer.values("Server") for char in server)


def test_length_beside_chunks_ends_the_connection(client: Client) -> None:
    """Two readings of where a request ends: what follows must not be taken for a second (RFC 9112 6.1)."""
    framing = b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ambiguous = b"GET /healthz HTTP/1.1\r\nHost: a\r\n" + framing
    smuggled = b"GET /video.mp4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    with socket.create_connection(client.address, timeout=5) as connection:
        connection.sendall(ambiguous + smuggled)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.count(b"HTTP/1.1 ") <= 1


@pytest.mark.parametrize("path", [*ROUTES, "/nothing"])
@pytest.mark.parametrize("query", ["?", "?x=1", "?%00", "?" + "x" * 2000, "?file=../../etc/passwd"])
def test_query_changes_nothing(client: Client, path: str, query: str) -> None:
    assert client.ask(path + query).status_code == client.ask(path).status_code


def test_after_all_that_it_still_serves(client: Client, sample: bytes) -> None:
    assert client.ask("/video.mp4").content == sample
