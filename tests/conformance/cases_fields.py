"""Header fields of requests (RFC 9110, section 5; RFC 9112, sections 2.2, 3.2, 5)."""

from collections.abc import Iterator

from tests.conformance.expect import answer, beside, part, refused, status, whole
from tests.conformance.model import Case, Facts, case, request, slug
from tests.conformance.rules import (
    BAD_MESSAGE,
    BARE_CR,
    CACHE_REQUEST,
    CODING,
    COLON,
    FOLD,
    HOST,
    INDENTED,
    LARGE_FIELD,
    NUL,
    OPAQUE,
    SEMANTICS,
    UNKNOWN_FIELD,
    UPGRADE_10,
)

FIVE = part(0, 4)
RANGE = "Range: bytes=0-4"
# Host = uri-host [ ":" port ] (RFC 9110, 7.2; RFC 3986, 3.2.2)
NO_HOSTS = ["a b", "a/b", "user@a", "[zz]", "a:b", "a%zz", "\x80", "a|b"]
HOSTS = ["A.B", "a.b:", "127.0.0.1", "[::1]:8080", "a_b"]
NO_FIELDS = ["X(Y): a", ": a", "no colon", "X\0Y: a", "\xfcber: a", '"X": a']
STRANGE_FIELDS = ["X_Y: a", "!#$%&'*+-.^_`|~09azAZ: a", "X:", "x: " + "a" * 2000]
FOR_OTHERS = [
    "Max-Forwards: 0",
    "Date: yesterday",
    "Authorization: x",
    "Referer: :",
    "Content-Type: video/mp4",
]
FOR_CACHES = ["no-cache", "max-age=0", "only-if-cached"]


def host(facts: Facts) -> Iterator[Case]:
    """Exactly one valid Host."""
    bad = HOST(status(400))
    yield case("Host: none", request(facts, host=""), bad)
    yield case("Host: twice", request(facts, f"Host: {facts.host}"), bad)
    yield case("Host: two", request(facts, "Host: other.example"), bad)
    yield case("Host: twice in HTTP/1.0", request(facts, f"Host: {facts.host}", version="HTTP/1.0"), bad)
    for value in NO_HOSTS:
        yield case(f"no Host: {slug(value)}", request(facts, host=value), bad)
    yield case("no Host: in HTTP/1.0", request(facts, host="a b", version="HTTP/1.0"), bad)
    beside_target = request(facts, host="a b", target=f"http://{facts.host}{facts.path}")
    yield case("no Host: beside the absolute-form", beside_target, bad)
    for value in HOSTS:
        # a server may know itself by no such name (421, 404), but the value is valid
        yield case(f"Host: {slug(value)}", request(facts, host=value), SEMANTICS(whole | status(404, 421)))
    yield case("Host: none in HTTP/1.0", request(facts, host="", version="HTTP/1.0"), SEMANTICS(whole))


def lines(facts: Facts) -> Iterator[Case]:
    """Field lines: names, white space, folding, forbidden octets."""
    for line in ("Range : bytes=0-4", "X-A\t: b", "Content-Length : 0"):
        yield case(f"colon: {slug(line)}", request(facts, line), COLON(status(400)))
    yield case("colon: Host", request(facts, f"Host : {facts.host}", host=""), COLON(status(400)))
    for name, line in {
        "value": "X-A: b\r\n c",
        "tab": "X-A: b\r\n\tc",
        "Range within": f"X-A: b\r\n {RANGE}",
    }.items():
        yield case(f"fold: {name}", request(facts, line), FOLD(status(400) | whole))
    folded = request(facts, "Range:\r\n bytes=0-4")
    yield case("fold: Range", folded, FOLD(status(400) | FIVE | whole))
    first = request(facts, host="").replace(b"\r\n", f"\r\n {RANGE}\r\nHost: {facts.host}\r\n".encode(), 1)
    yield case("indented first field", first, INDENTED(status(400) | whole))
    for name, line in {"value": "X-A: a\0b", "Range": "Range: bytes=0\0-4"}.items():
        yield case(f"NUL: {name}", request(facts, line), NUL(refused | whole))
    for name, line in {"value": "X-A: a\rb", "Range": "Range: bytes=0-4\rX: y"}.items():
        yield case(f"bare CR: {name}", request(facts, line), BARE_CR(refused | whole))
    for line in NO_FIELDS:
        yield case(f"no field: {slug(line)}", request(facts, line), BAD_MESSAGE(status(400)))
    for line in STRANGE_FIELDS:
        yield case(f"unknown: {slug(line)}", request(facts, line), UNKNOWN_FIELD(whole))
    for line in ("X-A: \xe9\xff", "User-Agent: caf\xc3\xa9"):
        yield case(f"beyond ASCII: {slug(line)}", request(facts, line), OPAQUE(whole))


def many(facts: Facts) -> Iterator[Case]:
    """Large header sections."""
    for count in (50, 20_000):
        sent = request(facts, *(f"X-{n}: y" for n in range(count)))
        yield case(f"{count} fields", sent, LARGE_FIELD(whole | refused))
    for length in (4000, 100_000, 2_000_000):
        sent = request(facts, "X-A: " + "a" * length)
        yield case(f"a field of {length} octets", sent, LARGE_FIELD(whole | refused))
    sent = request(facts, "A" * 100_000 + ": a")
    yield case("a name of 100000 octets", sent, LARGE_FIELD(whole | refused))
    ranges = "Range: bytes=" + ",".join(["0-4"] * 30_000)
    yield case("a Range of 120000 octets", request(facts, ranges), LARGE_FIELD(beside()))


def of_no_effect(facts: Facts) -> Iterator[Case]:
    """Fields that ask for something that a file does not have, or that are for others."""
    for value in ("gzip", "", "identity;q=0.5, *;q=0.1"):
        sent = request(facts, f"Accept-Encoding: {value}")
        yield case(f"Accept-Encoding: {slug(value)}", sent, CODING((whole & uncoded) | coded))
    ranged = request(facts, "Accept-Encoding: gzip", RANGE)
    yield case("Accept-Encoding: gzip, Range", ranged, SEMANTICS(FIVE | whole | coded))
    none = request(facts, "Accept-Encoding: identity;q=0")
    yield case("Accept-Encoding: identity;q=0", none, SEMANTICS(whole | status(406)))
    for value in ("text/plain", "nonsense"):
        yield case(
            f"Accept: {value}", request(facts, f"Accept: {value}"), SEMANTICS(whole | status(400, 406))
        )
    for value in FOR_CACHES:
        yield case(value, request(facts, f"Cache-Control: {value}"), CACHE_REQUEST(whole))
    for line in FOR_OTHERS:
        yield case(slug(line), request(facts, line), UNKNOWN_FIELD(whole))
    for protocol in ("h2c", "websocket"):
        fields = (f"Upgrade: {protocol}", "Connection: Upgrade")
        sent = request(facts, *fields, close=False, version="HTTP/1.0")
        yield case(f"Upgrade: {protocol} in HTTP/1.0", sent, UPGRADE_10(beside(101)))


uncoded = answer("no content coding", lambda found, _: not found.values("Content-Encoding"))
coded = answer("a content coding that is named", lambda found, _: bool(found.values("Content-Encoding")))
