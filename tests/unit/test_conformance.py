"""The conformance check itself: what is wrong is found, and what is right is not."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.conformance.answers import Answer
from tests.conformance.catalog import cases, every_case
from tests.conformance.check import check, judge
from tests.conformance.expect import part, parts, status, whole
from tests.conformance.model import Case, Expectation, Facts, case, request
from tests.conformance.rules import GET_HEAD

CONTENT = bytes(range(256)) * 1000
TAG = '"a tag"'
FIELDS = (("ETag", TAG), ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"))


def facts_of(port: int, cap: int | None = None) -> Facts:
    return Facts(f"http://127.0.0.1:{port}", "/video.mp4", CONTENT, Answer("1.1", 200, FIELDS, CONTENT), cap)


@contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[int]:
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def canned(octets: bytes) -> ThreadingHTTPServer:
    """Make a server that answers whatever is asked with these octets, and hangs up."""

    class Handler(BaseHTTPRequestHandler):
        def handle(self) -> None:
            self.connection.recv(65536)
            self.wfile.write(octets)

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


class Ignorant(BaseHTTPRequestHandler):
    """Answers 200 with the whole file, whatever the method and the fields say."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        self.send_response(200)
        for name, value in (*FIELDS, ("Content-Length", str(len(CONTENT)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(CONTENT)

    do_GET = do_HEAD = do_OPTIONS = do_POST = answer  # noqa: N815 - the library's names

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def levels(topic: str) -> dict[str, str]:
    with running(ThreadingHTTPServer(("127.0.0.1", 0), Ignorant)) as port:
        return {failure.id: failure.level for failure in check(facts_of(port), [topic]).failures}


def test_a_server_without_ranges_only_misses_a_should() -> None:
    found = levels("ranges")
    assert found["Range: bytes=0-1"] == "SHOULD"
    assert "unit: items=0-4" not in found
    assert {level for name, level in found.items() if "HEAD" not in name} == {"SHOULD"}


def test_a_server_without_preconditions_breaks_a_must() -> None:
    found = levels("preconditions")
    assert found["If-None-Match: the tag"] == "MUST"
    assert found["If-Match: another tag"] == "MUST"
    assert "If-Match: the tag" not in found


def test_content_behind_an_answer_to_head_is_seen() -> None:
    assert levels("methods")["HEAD"] == "MUST"


LENGTH = b"Content-Length: %d\r\n" % len(CONTENT)
OK = b"HTTP/1.1 200 OK\r\n"
PARTIAL = b"HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n"
MANY = b'HTTP/1.1 206 \r\nContent-Type: multipart/byteranges; boundary="b"\r\n\r\n'
PART = b"--b\r\nContent-Range: bytes 0-4/256000\r\n\r\n" + CONTENT[:5]
UNTRUE = {
    "two lengths": (OK + LENGTH + b"Transfer-Encoding: chunked\r\n\r\n", "9112 6.2"),
    "cut off": (OK + LENGTH + b"\r\n" + CONTENT[:-1], "9112 8"),
    "octets too many": (OK + LENGTH + b"\r\n" + CONTENT + b"x", "9112 6.3"),
    "no status line": (b"200 OK\r\n\r\n", "9112 4"),
    "white space before a colon": (OK + b"X : y\r\n" + LENGTH + b"\r\n" + CONTENT, "9112 5"),
    "a bad chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", "9112 7.1"),
    "another file": (OK + LENGTH + b"\r\n" + CONTENT[::-1], "9110 9.1"),
    "no Content-Range": (PARTIAL + b"\r\n" + CONTENT[:5], "9110 15.3.7.1"),
    "other octets": (PARTIAL + b"Content-Range: bytes 1-5/256000\r\n\r\n" + CONTENT[:5], "9110 15.3.7"),
    "one too few": (PARTIAL + b"Content-Range: bytes 0-5/256000\r\n\r\n" + CONTENT[:5], "9110 15.3.7"),
    "another size": (PARTIAL + b"Content-Range: bytes 0-4/5\r\n\r\n" + CONTENT[:5], "9110 14.4"),
    "no end of the parts": (MANY + PART, "9110 14.6"),
    "a part that lies": (MANY + PART + b"x\r\n--b--\r\n", "9110 15.3.7"),
}
TRUE = {
    "a length": (OK + LENGTH + b"\r\n" + CONTENT, whole),
    "chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n3e800\r\n" + CONTENT + b"\r\n0\r\n\r\n", whole),
    "until the end": (OK + b"\r\n" + CONTENT, whole),
    "an interim answer": (b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK + LENGTH + b"\r\n" + CONTENT, whole),
    "a part": (PARTIAL + b"Content-Range: bytes 0-4/256000\r\n\r\n" + CONTENT[:5], part(0, 4)),
    "parts": (MANY + PART + b"\r\n--b--\r\n", parts((0, 4), (10, 14))),
    "nothing": (b"HTTP/1.1 304 \r\nContent-Length: 256000\r\n\r\n", status(304)),
}


def plain(expected: Expectation) -> Callable[[Facts], Case]:
    return lambda facts: case("plain", request(facts), GET_HEAD(expected))


@pytest.mark.parametrize(("octets", "section"), UNTRUE.values(), ids=UNTRUE)
def test_what_is_untrue_is_found(octets: bytes, section: str) -> None:
    with running(canned(octets)) as port:
        facts = facts_of(port)
        failure = judge("topic", plain(whole)(facts), facts)
    assert failure
    assert (failure.level, failure.section) == ("MUST", section)


@pytest.mark.parametrize(("octets", "expected"), TRUE.values(), ids=TRUE)
def test_what_is_true_is_accepted(octets: bytes, expected: Expectation) -> None:
    with running(canned(octets)) as port:
        facts = facts_of(port)
        assert judge("topic", plain(expected)(facts), facts) is None


@pytest.mark.parametrize(("cap", "wrong"), [(None, True), (5, False), (4, True)])
def test_a_shorter_range_needs_a_cap(cap: int | None, *, wrong: bool) -> None:
    """`octets 0-4` in answer to 0-9: right where five octets are the most there is."""
    octets = PARTIAL + b"Content-Range: bytes 0-4/256000\r\n\r\n" + CONTENT[:5]
    with running(canned(octets)) as port:
        facts = facts_of(port, cap)
        assert bool(judge("topic", plain(part(0, 9))(facts), facts)) is wrong


def test_every_case_has_a_name_of_its_own_and_a_claim() -> None:
    names = Counter(f"{topic}: {found.id}" for topic, found in every_case(facts_of(80)))
    assert [name for name, count in names.items() if count > 1] == []
    assert all(found.claims for _, found in every_case(facts_of(80)))


def test_case_names_do_not_depend_on_the_server() -> None:
    other = Facts("http://localhost:1", "/video.mp4", CONTENT, Answer("1.1", 200, ()))
    assert [c.id for c in cases(other, "methods")] == [c.id for c in cases(facts_of(80), "methods")]
