"""What to answer a GET or HEAD with: the status, the header fields and the body, as a value.

The order is RFC 9110's: preconditions first (13.2.2), then If-Range, then Range (14.2), which is defined for
GET only. Nothing is read and nothing is sent here; who carries a plan out needs no knowledge of HTTP.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from service.semantics.dates import format_http_date
from service.semantics.etags import EntityTag
from service.semantics.fields import RequestFields
from service.semantics.multipart import (
    Body,
    Part,
    content_length,
    content_range,
    multipart_body,
)
from service.semantics.phrases import refusal
from service.semantics.preconditions import Verdict, evaluate, range_applies
from service.semantics.ranges import ByteRange, parse_range, range_kind, select

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A GET or HEAD.

    `now` is when it came, in seconds since the epoch; `boundary` is to separate the parts should there be
    several: a token that the representation does not contain.
    """

    method: str
    fields: RequestFields
    now: int
    boundary: str


@dataclass(frozen=True, slots=True)
class Representation:
    """What a resource is right now (RFC 9110, section 8); `last_modified` in seconds since the epoch."""

    size: int
    etag: EntityTag
    last_modified: int
    content_type: str


@dataclass(frozen=True, slots=True)
class Plan:
    """An answer: `body` is empty for HEAD, while the Content-Length in `headers` is GET's."""

    status: int
    headers: Headers
    body: Body
    range_kind: str


@dataclass(frozen=True, slots=True)
class Policy:
    """What the origin decides beyond the request.

    `cache_control` goes with every answer about the representation; `max_partial_size` (bytes, at least 1)
    limits the body of a 206, None leaves it as asked.
    """

    cache_control: str
    max_partial_size: int | None = None


def plan(request: Request, thing: Representation, policy: Policy) -> Plan:
    """Plan the answer to a GET or HEAD for `thing`."""
    fields, now = request.fields, request.now
    specs = parse_range(fields.range) if fields.range is not None else None
    kind = range_kind(fields.range, specs)
    verdict = evaluate(fields, thing.etag, thing.last_modified, now=now)
    if verdict is Verdict.NOT_MODIFIED:
        return Plan(304, _validator_and_caching(thing, policy), (), kind)
    if verdict is Verdict.FAILED:
        return _refusal(request, 412, "the file is not in the state that the conditions ask for", kind)
    applies = range_applies(fields.if_range, thing.etag, thing.last_modified, now=now)
    if request.method != "GET" or not specs or not applies or not thing.size:
        return _whole(request, thing, policy, kind)
    if ranges := select(specs, thing.size):
        return _partial(ranges, request, thing, policy, kind)
    reason = f"the file has {thing.size} bytes and the range asked for selects none of them"
    about = ("Content-Range", f"bytes */{thing.size}"), ("ETag", str(thing.etag))
    return _refusal(request, 416, reason, kind, *about)


def _whole(request: Request, thing: Representation, policy: Policy, kind: str) -> Plan:
    body: Body = (ByteRange(0, thing.size - 1),) if request.method == "GET" and thing.size else ()
    described = _described(thing, policy, thing.content_type, thing.size)
    return Plan(200, (*described, _last_modified(request, thing)), body, kind)


def _partial(
    ranges: Sequence[ByteRange], request: Request, thing: Representation, policy: Policy, kind: str
) -> Plan:
    parts = _parts(ranges, request, thing, policy)
    length = content_length(parts)
    if length >= thing.size:
        return _whole(request, thing, policy, kind)  # in parts it would only be longer
    # who sent If-Range has the rest of the header section already (15.3.7)
    known = () if request.fields.if_range is not None else (_last_modified(request, thing),)
    if parts:
        content_type = f"multipart/byteranges; boundary={request.boundary}"
        return Plan(206, (*_described(thing, policy, content_type, length), *known), parts, kind)
    selected = ranges[0].limited(policy.max_partial_size or thing.size)
    described = _described(thing, policy, thing.content_type, selected.length)
    place = "Content-Range", content_range(selected, thing.size)
    return Plan(206, (*described, *known, place), (selected,), kind)


def _parts(ranges: Sequence[ByteRange], request: Request, thing: Representation, policy: Policy) -> Body:
    # a single range needs none (15.3.7.1); none either when the limit leaves no room for the first of several
    if len(ranges) == 1:
        return ()
    about = Part(thing.size, thing.content_type, request.boundary)
    return multipart_body(ranges, about, limit=policy.max_partial_size)


def _refusal(request: Request, status: int, reason: str, kind: str, *headers: tuple[str, str]) -> Plan:
    text = refusal(status, reason)
    fixed = (
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(text))),
        ("Cache-Control", "no-store"),
    )
    return Plan(status, (*fixed, *headers), (text,) if request.method == "GET" else (), kind)


def _described(thing: Representation, policy: Policy, content_type: str, length: int) -> Headers:
    return (
        ("Content-Type", content_type),
        ("Content-Length", str(length)),
        ("Accept-Ranges", "bytes"),
        *_validator_and_caching(thing, policy),
    )


def _last_modified(request: Request, thing: Representation) -> tuple[str, str]:
    # never later than the answer itself (8.8.2.1)
    return "Last-Modified", format_http_date(min(thing.last_modified, request.now))


def _validator_and_caching(thing: Representation, policy: Policy) -> Headers:
    # just what a 304 must carry (15.4.5); Date is the server's
    return ("ETag", str(thing.etag)), ("Cache-Control", policy.cache_control)
