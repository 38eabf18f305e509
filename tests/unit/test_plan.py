"""Plans: the answer to a request as a value."""

import dataclasses
from email.message import Message
from email.parser import BytesParser
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.semantics.dates import format_http_date
from service.semantics.etags import EntityTag
from service.semantics.fields import RequestFields
from service.semantics.multipart import content_length
from service.semantics.plan import Plan, Policy, Representation, Request, plan
from service.semantics.ranges import ByteRange

MODIFIED = 1_700_000_000
NOW = MODIFIED + 1000
VIDEO = Representation(255_849, EntityTag('"a"'), MODIFIED, "video/mp4")
DIRECT = Policy("public, max-age=300")
CHUNKED = Policy("public, max-age=300", max_partial_size=100_000)


def answer(
    range_: str | None = None,
    *,
    policy: Policy = DIRECT,
    method: str = "GET",
    thing: Representation = VIDEO,
    now: int = NOW,
    **conditions: str,
) -> Plan:
    fields = RequestFields(range=range_, **conditions)
    return plan(Request(method, fields, now, "BOUNDARY"), thing, policy)


def fields_of(found: Plan) -> dict[str, str]:
    assert len({name.lower() for name, _ in found.headers}) == len(found.headers)
    return dict(found.headers)


def carried_out(found: Plan, content: bytes) -> bytes:
    return b"".join(
        content[piece.first : piece.last + 1] if isinstance(piece, ByteRange) else piece
        for piece in found.body
    )


def parts_of(found: Plan, content: bytes) -> list[tuple[str, bytes]]:
    head = f"Content-Type: {fields_of(found)['Content-Type']}\r\n\r\n".encode()
    message = BytesParser().parsebytes(head + carried_out(found, content))
    parts = cast("list[Message]", message.get_payload())
    return [(str(part["Content-Range"]), cast("bytes", part.get_payload(decode=True))) for part in parts]


def test_the_whole_file() -> None:
    found = answer()
    assert (found.status, found.body) == (200, (ByteRange(0, 255_848),))
    assert fields_of(found) == {
        "Content-Type": "video/mp4",
        "Content-Length": "255849",
        "Accept-Ranges": "bytes",
        "Last-Modified": format_http_date(MODIFIED),
        "ETag": '"a"',
        "Cache-Control": "public, max-age=300",
    }


def test_one_range() -> None:
    found = answer("bytes=200-1000")
    assert (found.status, found.body) == (206, (ByteRange(200, 1000),))
    assert fields_of(found)["Content-Range"] == "bytes 200-1000/255849"
    assert fields_of(found)["Content-Length"] == "801"


CAPPED = [
    ("bytes=200-200000", "bytes 200-100199/255849"),
    ("bytes=0-", "bytes 0-99999/255849"),
    ("bytes=-200000", "bytes 55849-155848/255849"),
    ("bytes=200-1000", "bytes 200-1000/255849"),
    ("bytes=0-99999", "bytes 0-99999/255849"),
    ("bytes=0-100000", "bytes 0-99999/255849"),
    ("bytes=0-9,5-200000", "bytes 0-99999/255849"),
]


@pytest.mark.parametrize(("range_", "content_range"), CAPPED)
def test_a_capped_range_says_truthfully_what_it_holds(range_: str, content_range: str) -> None:
    found = answer(range_, policy=CHUNKED)
    assert fields_of(found)["Content-Range"] == content_range
    assert int(fields_of(found)["Content-Length"]) == content_length(found.body) <= 100_000


def test_without_a_range_nothing_is_capped() -> None:
    assert answer(policy=CHUNKED).body == answer().body


def test_several_ranges_are_parts_in_the_order_asked_for() -> None:
    found, content = answer("bytes=500-599,0-9"), bytes(range(256)) * 1000
    assert fields_of(found)["Content-Type"] == "multipart/byteranges; boundary=BOUNDARY"
    assert "Content-Range" not in fields_of(found)
    assert parts_of(found, content) == [
        ("bytes 500-599/255849", content[500:600]),
        ("bytes 0-9/255849", content[:10]),
    ]


def test_several_ranges_of_which_one_can_be_satisfied_need_no_parts() -> None:
    assert fields_of(answer("bytes=5-9,999999-"))["Content-Range"] == "bytes 5-9/255849"


def test_several_capped_ranges_are_cut_where_the_cap_is_reached() -> None:
    found, content = answer("bytes=0-59999,100000-159999,200000-", policy=CHUNKED), bytes(255_849)
    (first, _), (second, rest) = parts_of(found, content)
    assert (first, second) == ("bytes 0-59999/255849", f"bytes 100000-{100_000 + len(rest) - 1}/255849")
    # (the part headers were measured before the cut: they may leave a byte or two of the cap unused)
    assert 99_990 <= content_length(found.body) <= 100_000


def test_a_cap_too_small_for_parts_sends_the_first_range_alone() -> None:
    found = answer("bytes=0-9,20-29", policy=Policy("no-cache", max_partial_size=5))
    assert fields_of(found)["Content-Range"] == "bytes 0-4/255849"


def test_parts_that_would_be_longer_than_the_file_are_not_worth_it() -> None:
    small = dataclasses.replace(VIDEO, size=100)
    assert answer("bytes=0-9,20-29", thing=small).body == (ByteRange(0, 99),)


def test_head_is_told_the_length_of_get_and_gets_no_body() -> None:
    found = answer("bytes=0-9", method="HEAD")  # Range is defined for GET only
    assert (found.status, found.body) == (200, ())
    assert fields_of(found)["Content-Length"] == "255849"


def test_an_unsatisfiable_range() -> None:
    found = answer("bytes=255849-")
    assert found.status == 416
    assert fields_of(found)["Content-Range"] == "bytes */255849"


@pytest.mark.parametrize("range_", [None, "bytes=0-", "bytes=-5", "bytes=0-0"])
def test_an_empty_file_is_sent_whole(range_: str | None) -> None:
    found = answer(range_, thing=dataclasses.replace(VIDEO, size=0))
    assert (found.status, found.body, fields_of(found)["Content-Length"]) == (200, (), "0")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_not_modified_carries_just_its_headers(method: str) -> None:
    found = answer("bytes=0-9", if_none_match='"a"', method=method)
    assert (found.status, found.body) == (304, ())
    assert set(fields_of(found)) == {"ETag", "Cache-Control"}


@pytest.mark.parametrize(("method", "has_body"), [("GET", True), ("HEAD", False)])
def test_a_failed_precondition_never_carries_the_video(method: str, *, has_body: bool) -> None:
    found = answer("bytes=0-9", if_match='"b"', method=method)
    assert found.status == 412
    assert all(isinstance(piece, bytes) for piece in found.body)
    assert bool(found.body) is has_body
    assert int(fields_of(found)["Content-Length"]) > 0


@pytest.mark.parametrize(
    ("if_range", "status"),
    [('"a"', 206), ('"b"', 200), ('W/"a"', 200), (format_http_date(MODIFIED), 206), ("nonsense", 200)],
)
def test_if_range(if_range: str, status: int) -> None:
    assert answer("bytes=0-9", if_range=if_range).status == status


def test_a_partial_answer_to_if_range_leaves_out_what_the_client_has() -> None:
    """RFC 9110, section 15.3.7."""
    assert "Last-Modified" in fields_of(answer("bytes=0-9"))
    assert "Last-Modified" not in fields_of(answer("bytes=0-9", if_range='"a"'))
    assert "Last-Modified" in fields_of(answer("bytes=0-9", if_range='"b"'))


def test_if_range_that_fails_makes_an_unsatisfiable_range_the_whole_file() -> None:
    assert answer("bytes=999999-", if_range='"b"').status == 200


def test_last_modified_is_never_later_than_the_answer() -> None:
    assert fields_of(answer(now=MODIFIED - 5))["Last-Modified"] == format_http_date(MODIFIED - 5)


numbers = st.integers(0, 400)
specs = st.one_of(
    st.tuples(numbers, numbers).map(lambda pair: f"{min(pair)}-{max(pair)}"),
    numbers.map("{}-".format),
    numbers.map("-{}".format),
)


@given(
    st.lists(specs, min_size=1, max_size=120).map(",".join),
    st.integers(1, 300),
    st.none() | st.integers(1, 300),
)
def test_what_holds_for_every_range(asked: str, size: int, cap: int | None) -> None:
    content = bytes(number % 251 for number in range(size))
    thing = dataclasses.replace(VIDEO, size=size)
    found = answer(f"bytes={asked}", thing=thing, policy=Policy("no-cache", max_partial_size=cap))
    body = carried_out(found, content)
    assert len(body) == int(fields_of(found)["Content-Length"])
    if found.status == 200:
        assert body == content
    elif found.status == 206:
        assert len(body) <= min(size, cap or size)
        _check_partial(found, body, content)


def _check_partial(found: Plan, body: bytes, content: bytes) -> None:
    content_range = fields_of(found).get("Content-Range")
    parts = [(content_range, body)] if content_range else parts_of(found, content)
    for described, part in parts:
        first, last = described.removeprefix("bytes ").removesuffix(f"/{len(content)}").split("-")
        assert part == content[int(first) : int(last) + 1] != b""
