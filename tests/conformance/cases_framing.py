"""Message framing (RFC 9112, sections 6 and 7; RFC 9110, sections 8.6, 10.1.1).

Behind each request with a body stands one for a range, so that a server that loses count shows: by a 206 for
what was no request, or by none for what was one.
"""

from collections.abc import Iterator

from tests.conformance.expect import beside, closed, no_206, status
from tests.conformance.model import Case, Expectation, Facts, case, request, slug
from tests.conformance.rules import (
    BAD_LENGTH,
    BOTH,
    CHUNK_EXTENSION,
    CHUNK_SIZE,
    CHUNKED,
    CODED_10,
    CODING_UNKNOWN,
    CONTINUE,
    CONTINUE_10,
    DELIMITED,
    INCOMPLETE,
    LIST,
    NO_CODING_10,
    NOT_CHUNKED,
    READ_BODY,
    SAME_LENGTHS,
    SEMANTICS,
)
from tests.conformance.wire import Exchange, Script

CODED = "Transfer-Encoding: chunked"
NO_LENGTHS = ["-1", "+5", "5x", "0x5", "5,6", "1_0", "\u00b2", ""]
BODIES = {
    "plain": b"5\r\nhello\r\n0\r\n\r\n",
    "empty": b"0\r\n\r\n",
    "leading zeros": b"0005\r\nhello\r\n000\r\n\r\n",
    "capital": b"A\r\n0123456789\r\n0\r\n\r\n",
    "trailers": b"5\r\nhello\r\n0\r\nX-A: b\r\nX-B: c\r\n\r\n",
    "a request in a chunk": b"1b\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n\r\n0\r\n\r\n",
}
EXTENDED = {
    "extension": b"5;x\r\nhello\r\n0\r\n\r\n",
    "extension with a value": b'5;x=y;z="1;2"\r\nhello\r\n0;z\r\n\r\n',
}
BROKEN = {
    "no hexadecimal": b"xyz\r\nhello\r\n0\r\n\r\n",
    "negative": b"-5\r\nhello\r\n0\r\n\r\n",
    "no CRLF": b"5\r\nhello0\r\n\r\n",
    "too short": b"3\r\nhello\r\n0\r\n\r\n",
    "underscore": b"0_5\r\nhello\r\n0\r\n\r\n",
}
HUGE = {"64 bits and 5": b"10000000000000005", "many digits": b"f" * 60}
METHODS = ("GET", "HEAD", "POST", "OPTIONS")


def followed(
    facts: Facts, *fields: str, method: str = "POST", body: bytes = b"", version: str = "HTTP/1.1"
) -> Script:
    """A request with a body, and on the same connection one for a range, which is told by its 206."""
    first = request(facts, *fields, method=method, close=False, body=body, version=version)
    return Script((first + request(facts, "Range: bytes=0-4"),), (method, "GET"))


def _in_step(seen: Exchange, _: Facts) -> bool:
    first, *others = [found.status for found in seen.answers] or [500]
    return first not in {500, 502, 503, 504} and (others == [206] if others else seen.closed)


in_step = Expectation("an answer, then 206 to the next request or the connection closed", _in_step)
ended = status(400) & closed & no_206
ended_or_unknown = status(400, 501) & closed & no_206


def lengths(facts: Facts) -> Iterator[Case]:
    """Content-Length in requests."""
    for method in METHODS:
        sent = followed(facts, "Content-Length: 5", method=method, body=b"hello")
        yield case(f"{method} with content", sent, READ_BODY(in_step))
    for value in NO_LENGTHS:
        sent = followed(facts, f"Content-Length: {value}", body=b"hello")
        yield case(f"no length: {slug(value)}", sent, BAD_LENGTH(ended))
    for method in ("GET", "POST"):
        sent = followed(facts, "Content-Length: 5", "Content-Length: 6", method=method, body=b"hello")
        yield case(f"two lengths: {method}", sent, BAD_LENGTH(ended))
    for name, fields in {"one line": ["5, 5"], "two lines": ["5", "5"]}.items():
        sent = followed(facts, *(f"Content-Length: {value}" for value in fields), body=b"hello")
        yield case(f"the same length: {name}", sent, SAME_LENGTHS(ended | in_step))
    sent = followed(facts, "Content-Length:\t 0005 \t", body=b"hello")
    yield case("length: leading zeros", sent, READ_BODY(in_step))
    for number in (2**32 + 5, 2**64 + 5, 10**30):
        sent = followed(facts, f"Content-Length: {number}", body=b"hello")
        yield case(f"length: {number}", sent, READ_BODY(no_206 & beside()))
    for method in ("GET", "POST"):
        cut = request(facts, "Content-Length: 10", method=method, close=False, body=b"hello")
        yield case(f"{method} cut off", Script((cut,), (method,), half_close=True), INCOMPLETE(closed))


def codings(facts: Facts) -> Iterator[Case]:
    """Transfer-Encoding in requests."""
    for name, body in BODIES.items():
        yield case(f"chunked: {name}", followed(facts, CODED, body=body), CHUNKED(in_step))
    for name, body in EXTENDED.items():
        yield case(f"chunked: {name}", followed(facts, CODED, body=body), CHUNK_EXTENSION(in_step))
    for method in METHODS:
        sent = followed(facts, CODED, method=method, body=BODIES["plain"])
        yield case(f"chunked: {method}", sent, CHUNKED(in_step))
    for name, value, rule in [("case", "CHUNKED", CHUNKED), ("empty members", ", chunked ,", LIST)]:
        sent = followed(facts, f"Transfer-Encoding: {value}", body=BODIES["plain"])
        yield case(f"coding: {name}", sent, rule(in_step))
    for name, body in BROKEN.items():
        yield case(f"broken: {name}", followed(facts, CODED, body=body), INCOMPLETE(no_206))
    for name, size in HUGE.items():
        sent = followed(facts, CODED, body=size + b"\r\nhello\r\n0\r\n\r\n")
        yield case(f"huge: {name}", sent, CHUNK_SIZE(no_206 & beside()))
    yield from _conflicts(facts)


def _conflicts(facts: Facts) -> Iterator[Case]:
    body = BODIES["plain"]
    for value in ("gzip", "identity", "chunked, gzip", "xchunked", "\x0bchunked"):
        sent = followed(facts, f"Transfer-Encoding: {value}", body=body)
        # what is not understood may also be said to be so (6.1)
        yield case(f"not chunked: {slug(value)}", sent, NOT_CHUNKED(ended_or_unknown))
    two = followed(facts, CODED, "Transfer-Encoding: identity", body=body)
    yield case("not chunked: two lines", two, NOT_CHUNKED(ended_or_unknown))
    for value in ("gzip, chunked", "x-nonsense, chunked", "chunked, chunked"):
        sent = followed(facts, f"Transfer-Encoding: {value}", body=body)
        yield case(f"unknown coding: {slug(value)}", sent, CODING_UNKNOWN(status(400, 501)))
    for method, length in (("GET", "5"), ("POST", "5"), ("POST", "15"), ("POST", "0")):
        sent = followed(facts, f"Content-Length: {length}", CODED, method=method, body=body)
        yield case(f"both: {method} {length}", sent, BOTH(closed & no_206))
    for method in ("GET", "POST"):
        sent = followed(facts, CODED, method=method, body=body, version="HTTP/1.0")
        yield case(f"HTTP/1.0 chunked: {method}", sent, CODED_10(closed & no_206))


def expectations(facts: Facts) -> Iterator[Case]:
    """Expect: 100-continue, and how answers are delimited."""
    for value, field in {"100-continue": "Content-Length: 5", "100-Continue": CODED}.items():
        head = request(facts, field, f"Expect: {value}", method="POST")
        body = b"hello" if "5" in field else BODIES["plain"]
        yield case(
            f"Expect: {value}", Script((head, body), ("POST",), asks=True), CONTINUE(spoke_early & beside())
        )
    old = request(facts, "Content-Length: 5", "Expect: 100-continue", method="POST", version="HTTP/1.0")
    yield case("Expect: HTTP/1.0", old + b"hello", CONTINUE_10(no_interim))
    bare = request(facts, "Expect: 100-continue", version="HTTP/1.0")
    yield case("Expect: HTTP/1.0, GET", bare, CONTINUE_10(no_interim))
    bodyless = request(facts, "Expect: 100-continue", "Range: bytes=0-4")
    yield case("Expect: GET", bodyless, SEMANTICS(status(206, 200)))
    yield case("Expect: another", request(facts, "Expect: coffee"), SEMANTICS(status(200, 417)))
    kept = followed(facts, "Content-Length: 5", "Expect: 100-continue", body=b"hello")
    yield case("Expect: and a request behind it", kept, READ_BODY(in_step))
    for name, fields in {"200": [], "206": ["Range: bytes=0-4"], "416": ["Range: bytes=99999999-"]}.items():
        sent = request(facts, *fields, version="HTTP/1.0")
        yield case(f"HTTP/1.0: {name}", sent, NO_CODING_10(uncoded), DELIMITED(delimited))


spoke_early = Expectation(
    "an answer before the content was sent", lambda seen, _: seen.early.startswith(b"HTTP/1.")
)
no_interim = Expectation(
    "no 1xx before the answer",
    lambda seen, _: bool(seen.answers) and not any(a.interim for a in seen.answers),
)
uncoded = Expectation(
    "no Transfer-Encoding",
    lambda seen, _: bool(seen.answers) and not any(a.values("Transfer-Encoding") for a in seen.answers),
)
delimited = Expectation(
    "a Content-Length", lambda seen, _: bool(seen.answers) and all(a.delimited for a in seen.answers)
)
