"""Connections and message parsing (RFC 9112, sections 2, 3, 9; RFC 9110, section 6.2)."""

from collections.abc import Iterator

from tests.conformance.expect import (
    answer,
    answers,
    closed,
    lists,
    no_answer,
    one_answer,
    part,
    refused,
    status,
    whole,
)
from tests.conformance.model import Case, Expectation, Facts, case, request, slug
from tests.conformance.rules import (
    BAD_LINE,
    BAD_MESSAGE,
    CLOSE,
    CLOSE_10,
    CLOSE_SAID,
    EMPTY_LINE,
    MINOR,
    NO_MORE,
    PERSIST,
    PIPELINE,
    SEMANTICS,
    VERSION,
    WHOLE_SECTION,
    WRONG_VERSION,
)
from tests.conformance.wire import Exchange, Script

RANGE = "Range: bytes=0-4"
NO_VERSIONS = ["HTTP/1", "HTTP/1.10", "HTTP/x.y", "http/1.1", "x"]


def kinds(facts: Facts, *, close: bool = False) -> dict[str, tuple[str, bytes]]:
    """One request for each kind of answer: its method, and its bytes."""
    asked: dict[str, tuple[str, str, str]] = {
        "200": ("GET", "", facts.path),
        "200 to HEAD": ("HEAD", "", facts.path),
        "206": ("GET", RANGE, facts.path),
        "206 of several": ("GET", "Range: bytes=0-4,1000-1004", facts.path),
        "304": ("GET", "If-None-Match: *", facts.path),
        "412": ("GET", 'If-Match: "other"', facts.path),
        "416": ("GET", "Range: bytes=99999999-", facts.path),
        "404": ("GET", "", facts.missing),
        "404 to HEAD": ("HEAD", "", facts.missing),
        "405": ("DELETE", "", facts.path),
    }
    return {
        name: (method, request(facts, *filter(None, [field]), method=method, target=target, close=close))
        for name, (method, field, target) in asked.items()
    }


def persistence(facts: Facts) -> Iterator[Case]:
    """The connection stays in step and open, whatever was answered."""
    end = request(facts, RANGE)
    every = kinds(facts)
    for name, (method, sent) in every.items():
        script = Script((sent + end,), (method, "GET"))
        yield case(f"behind {name}", script, PIPELINE(answered_or_closed), PERSIST(second_206))
    script = Script((every["200 to HEAD"][1], end), ("HEAD", "GET"))
    yield case("a while behind HEAD", script, SEMANTICS(answered_or_closed), PERSIST(second_206))
    chosen = ["206", "304", "416", "200 to HEAD", "404", "206 of several", "412"]
    all_kinds = Script(
        (b"".join(every[name][1] for name in chosen) + end,), (*(every[n][0] for n in chosen), "GET")
    )
    yield case("pipelined: all kinds", all_kinds, PIPELINE(in_sequence), PERSIST(eight))
    offsets = [n * 1000 for n in range(20)]
    each = [request(facts, f"Range: bytes={n}-{n + 9}", close=n == offsets[-1]) for n in offsets]
    twenty = Script((b"".join(each),), ("GET",) * 20)
    yield case("pipelined: twenty", twenty, PIPELINE(_ordered(offsets)), PERSIST(answers(*[206] * 20)))


def _ordered(offsets: list[int]) -> Expectation:
    def holds(seen: Exchange, _: Facts) -> bool:
        said = [found.value("Content-Range").partition("-")[0] for found in seen.answers]
        return bool(said) and said == [f"bytes {n}" for n in offsets][: len(said)]

    return Expectation("the answers in the order of the requests", holds)


def _in_sequence(seen: Exchange, _: Facts) -> bool:
    asked = [{206, 200}, {304, 200}, {416, 200}, {200}, {404}, {206, 200, 416}, {412, 200}, {206, 200}]
    found = [found.status for found in seen.answers]
    return bool(found) and all(status in may for status, may in zip(found, asked, strict=False))


in_sequence = Expectation("the answers in the order of the requests", _in_sequence)
eight = Expectation("all eight requests answered", lambda seen, _: len(seen.answers) == 8)
second_206 = answer("the second request answered", lambda found, _: found.status == 206, number=1)
answered_or_closed = second_206 | closed


def closing(facts: Facts) -> Iterator[Case]:
    """Connection: close, and HTTP/1.0."""
    behind = request(facts, RANGE)
    for value in ("close", "CLOSE", "keep-alive, close", "\tclose , "):
        sent = request(facts, f"Connection: {value}", close=False)
        yield case(f"Connection: {slug(value)}", Script((sent + behind,)), CLOSE(closed), NO_MORE(one_answer))
    lines = request(facts, "Connection: te", "Connection: close", close=False)
    yield case("Connection: two lines", Script((lines + behind,)), CLOSE(closed), NO_MORE(one_answer))
    for name, (method, last) in kinds(facts, close=True).items():
        said = CLOSE_SAID(lists("Connection", "close"))
        yield case(f"closed after {name}", Script((last,), (method,)), CLOSE(closed), said)
    old = request(facts, close=False, version="HTTP/1.0")
    yield case("HTTP/1.0", old, SEMANTICS(whole), CLOSE_10(closed))
    kept = request(facts, "Connection: keep-alive", RANGE, close=False, version="HTTP/1.0")
    both = Script((kept + request(facts, RANGE, version="HTTP/1.0"),), ("GET", "GET"))
    yield case("HTTP/1.0: keep-alive", both, SEMANTICS(answered_or_closed))
    half = Script((request(facts, close=False),), half_close=True)
    yield case("half-closed", half, SEMANTICS(whole | no_answer))


def versions(facts: Facts) -> Iterator[Case]:
    """The version of the request, and that of the answer."""
    spoken = answer("HTTP/1.1 in the answer", lambda found, _: found.version == "1.1")
    yield case("answer to HTTP/1.0", request(facts, version="HTTP/1.0"), VERSION(spoken))
    yield case("HTTP/1.2", request(facts, version="HTTP/1.2"), MINOR(whole))
    for version in ("HTTP/2.0", "HTTP/0.9"):
        yield case(version, request(facts, version=version), WRONG_VERSION(status(400, 505)))
    for version in NO_VERSIONS:
        yield case(f"no version: {version}", request(facts, version=version), BAD_LINE(status(400, 505, 301)))


def parsing(facts: Facts) -> Iterator[Case]:
    """Line ends, pieces, and what is no HTTP."""
    sent = request(facts, RANGE)
    five = part(0, 4) | whole
    yield case("an empty line before", b"\r\n" + sent, EMPTY_LINE(five))
    between = Script((request(facts, RANGE, close=False) + b"\r\n" + sent,), ("GET", "GET"))
    yield case("an empty line between", between, EMPTY_LINE(second_206))
    for name, count in {"everywhere": -1, "after the request-line": 1}.items():
        yield case(f"bare LF: {name}", sent.replace(b"\r\n", b"\n", count), BAD_MESSAGE(five | refused))
    start, _, rest = sent.partition(b"\r\n")
    for name, line in {"two spaces": start.replace(b" ", b"  "), "tabs": start.replace(b" ", b"\t")}.items():
        # parsing on white space is allowed (RFC 9112, 3)
        yield case(f"request-line: {name}", line + b"\r\n" + rest, BAD_LINE(five | status(400, 501)))
    for name, octets in {
        "words": b"hello world, how are you\r\n\r\n",
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        "four words": start + b" more\r\n" + rest,
        "an answer": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    }.items():
        yield case(f"no HTTP: {name}", Script((octets,)), BAD_MESSAGE(status(400, 501, 505) & closed))
    yield from _pieces(facts, sent)


def _pieces(facts: Facts, sent: bytes) -> Iterator[Case]:
    cuts = {
        "within the request-line": 6,
        "within a field": len(sent) // 2,
        "before the last LF": len(sent) - 1,
    }
    for name, cut in cuts.items():
        script = Script((sent[:cut], sent[cut:]))
        yield case(f"in pieces: {name}", script, WHOLE_SECTION(quiet), SEMANTICS(part(0, 4) | whole))
    before = request(facts, close=False).removesuffix(b"\r\n")
    late = Script((before, b"If-None-Match: *\r\nConnection: close\r\n\r\n"))
    yield case("in pieces: a late condition", late, WHOLE_SECTION(quiet & status(304)))


quiet = Expectation("no answer before the header section has ended", lambda seen, _: not seen.early)
