"""Methods (RFC 9110, sections 9, 10.2.1, 15.5.6)."""

from collections.abc import Iterator

from tests.conformance.expect import (
    answer,
    beside,
    is_whole,
    lists,
    one_answer,
    refused,
    same_as_plain,
    status,
    whole,
    whole_head,
)
from tests.conformance.model import Case, Expectation, Facts, case, request, slug
from tests.conformance.rules import (
    ALLOW,
    CASE_SENSITIVE,
    CONNECT,
    GET_HEAD,
    HEAD_EMPTY,
    HEAD_SAME,
    LENGTH,
    LENGTH_TRUE,
    NOT_ALLOWED,
    OPTIONS,
    RANGE_METHOD,
    SEMANTICS,
)
from tests.conformance.wire import Exchange, Script

UNSAFE = ("POST", "PUT", "DELETE", "PATCH")
UNKNOWN = ("BREW", "PROPFIND", "M-SEARCH", "X" * 40, "!#$%&'*+-.^_`|~", "get", "hEAD")
REPEATED_BY_HEAD = ("Content-Type", "ETag", "Last-Modified", "Accept-Ranges", "Cache-Control", "Vary")

allowed = lists("Allow", "GET", "HEAD")
reflected = answer(
    "the request as message/http",
    lambda found, _: found.status == 200 and "message/http" in found.value("Content-Type"),
)


def _lengths_agree(seen: Exchange, _: Facts) -> bool:
    if [found.status for found in seen.answers] != [404, 404]:
        return False
    get, head = seen.answers
    return head.value("Content-Length") in {"", str(len(get.body))}


lengths_agree = Expectation("HEAD with the Content-Length of GET, or with none", _lengths_agree)


def get_and_head(facts: Facts) -> Iterator[Case]:
    """The two methods that every server has."""
    head = request(facts, method="HEAD")
    yield case("GET", request(facts), GET_HEAD(whole))
    yield case("HEAD", head, GET_HEAD(whole_head))
    yield case("HEAD: Content-Length", head, LENGTH(same_as_plain("Content-Length")))
    for name in REPEATED_BY_HEAD:
        yield case(f"HEAD: {name}", head, HEAD_SAME(same_as_plain(name)))
    yield case("HEAD: 404", request(facts, method="HEAD", target=facts.missing), HEAD_EMPTY(status(404)))
    both = (
        request(facts, target=facts.missing, close=False),
        request(facts, target=facts.missing, method="HEAD"),
    )
    yield case(
        "HEAD: 404, Content-Length", Script((b"".join(both),), ("GET", "HEAD")), LENGTH_TRUE(lengths_agree)
    )


def others(facts: Facts) -> Iterator[Case]:
    """What is not allowed for a file, or not known at all."""
    for method in UNSAFE:
        sent = request(facts, "Content-Length: 0", method=method)
        yield case(method, sent, SEMANTICS(beside(201, 204, 206)), NOT_ALLOWED(status(405, 501)))
    for method in UNKNOWN:
        sent = request(facts, method=method)
        yield case(slug(method), sent, CASE_SENSITIVE(beside(200, 206)), NOT_ALLOWED(status(405, 501)))
    for method in ("DELETE", "BREW"):
        sent = request(facts, method=method)
        yield case(f"{method}: Allow", sent, ALLOW(beside(405) | allowed))
        for ranges in ("bytes=0-4", "bytes=99999999-"):
            ranged = request(facts, f"Range: {ranges}", method=method)
            yield case(f"{method}: {ranges}", ranged, RANGE_METHOD(beside(206, 416)))
    kept = request(facts, "Content-Length: 0", method="DELETE", close=False)
    still = answer("the file is still there", is_whole, number=1)
    again = Script((kept, request(facts)), ("DELETE", "GET"))
    yield case("GET after DELETE", again, SEMANTICS(still | one_answer))
    yield from _special(facts)


def _special(facts: Facts) -> Iterator[Case]:
    options = request(facts, method="OPTIONS")
    yield case(
        "OPTIONS", options, NOT_ALLOWED(status(200, 204, 405, 501)), OPTIONS(beside(200, 204) | allowed)
    )
    ranged = request(facts, "Range: bytes=0-4", method="OPTIONS")
    yield case("OPTIONS: Range", ranged, RANGE_METHOD(beside(206, 416)))
    star = request(facts, method="OPTIONS", target="*")
    yield case("OPTIONS *", star, NOT_ALLOWED(status(200, 204, 400, 404, 405, 501)))
    yield case("TRACE", request(facts, method="TRACE"), NOT_ALLOWED(status(405, 501) | reflected))
    for target in ("localhost:", "localhost:x", "localhost:99999"):
        sent = request(facts, method="CONNECT", target=target)
        yield case(f"CONNECT {target}", sent, CONNECT(refused | status(501)))
    tunnel = request(facts, method="CONNECT", target="localhost:443")
    yield case("CONNECT", tunnel, NOT_ALLOWED(refused | status(501)))
    partial = request(facts, "Content-Range: bytes 0-4/10", "Content-Length: 5", method="PUT", body=b"hello")
    yield case(
        "PUT with Content-Range", partial, SEMANTICS(beside(201, 204)), NOT_ALLOWED(status(400, 405, 501))
    )
    yield case("GET of nothing", request(facts, target=facts.missing), GET_HEAD(status(404, 410)))
