"""Requests that are refused, whatever they ask for (RFC 9112)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.semantics.message import MAX_TARGET, Fault, fault, origin_form

HOST = (b"host", b"localhost")
Fields = list[tuple[bytes, bytes]]


def found(
    method: bytes = b"GET",
    target: bytes = b"/video.mp4",
    version: bytes = b"1.1",
    fields: Fields | None = None,
) -> Fault | None:
    return fault(method, target, version, [HOST] if fields is None else fields)


@pytest.mark.parametrize("version", [b"1.1", b"1.0", b"1.2"])
def test_versions_of_http_1(version: bytes) -> None:
    assert found(version=version) is None


@pytest.mark.parametrize("version", [b"2.0", b"0.9", b"3.7"])
def test_other_versions(version: bytes) -> None:
    assert found(version=version) == Fault(505, "only HTTP/1.1 and HTTP/1.0 are spoken here")


@pytest.mark.parametrize(
    ("method", "status"), [(b"get", 501), (b"Get", 501), (b"CONNECT", 501), (b"M-SEARCH", 501)]
)
def test_methods_that_mean_nothing_here(method: bytes, status: int) -> None:
    refused = found(method=method)
    assert refused is not None
    assert refused.status == status


@pytest.mark.parametrize("method", [b"GET", b"HEAD", b"POST", b"OPTIONS", b"BREW"])
def test_methods_that_a_route_decides_about(method: bytes) -> None:
    assert found(method=method) is None


TARGETS = [
    b"/",
    b"//",
    b"/video.mp4?a=%zz",  # only a path is decoded
    b"/video%2Emp4",
    b"/%C3%A9",
    b"/%c0%ae",
    b"http://localhost/video.mp4",
    b"HTTP://localhost",
    b"http://localhost:8080?x",
    b"/[a]?x=|{}",
    b"/" + b"a" * (MAX_TARGET - 1),
]
REFUSED_TARGETS = [
    (b"", 400),
    (b"?x", 400),
    (b"video.mp4", 400),
    (b"ftp://localhost/", 400),
    (b"http:///video.mp4", 400),
    (b"http://:80/video.mp4", 400),
    (b"http://user@localhost/video.mp4", 400),
    (b"https://localhost/video.mp4", 421),
    (b'/"video.mp4', 400),
    (b"/a|b", 400),
    (b"/a\\b", 400),
    (b"http://localhost/a^b", 400),
    (b"localhost:80", 400),
    (b"*", 400),
    (b"/video.mp4#t=5", 400),
    (b"/%", 400),
    (b"/%4", 400),
    (b"/%zz", 400),
    (b"/%%41", 400),
    (b"/video.mp4%00", 400),
    (b"/" + b"a" * MAX_TARGET, 414),
]


@pytest.mark.parametrize("target", TARGETS)
def test_targets(target: bytes) -> None:
    assert found(target=target) is None


@pytest.mark.parametrize(("target", "status"), REFUSED_TARGETS)
def test_targets_that_are_none(target: bytes, status: int) -> None:
    refused = found(target=target)
    assert refused is not None
    assert refused.status == status


def test_the_asterisk_is_for_options() -> None:
    assert found(b"OPTIONS", b"*") is None


@pytest.mark.parametrize(
    "host",
    [
        b"localhost",
        b"localhost:8080",
        b"127.0.0.1",
        b"[::1]",
        b"[::1]:80",
        b"a.b.",
        b"a_b.example",
        b"a%20b",
        b"x:",
    ],
)
def test_hosts(host: bytes) -> None:
    assert found(fields=[(b"host", host)]) is None


@pytest.mark.parametrize(
    "host",
    [
        b"",
        b".",
        b".a",
        b"a..b",
        b"a" * 64,
        b"a b",
        b"a/b",
        b"user@a",
        b"a:b",
        b"a:123456",
        b"[::1",
        b"[::::]",
        b"[1:2]",
        b"::1",
        b"a\xe9",
        b"%zz",
    ],
)
def test_hosts_that_are_none(host: bytes) -> None:
    assert found(fields=[(b"host", host)]) == Fault(400, "the Host field is not a host and optional port")


def test_http_1_0_needs_no_host() -> None:
    assert found(version=b"1.0", fields=[]) is None


@pytest.mark.parametrize(
    ("version", "fields"),
    [
        (b"1.1", [HOST, (b"content-length", b"3"), (b"transfer-encoding", b"chunked")]),
        (b"1.0", [HOST, (b"transfer-encoding", b"chunked")]),
    ],
)
def test_framings_that_smuggle(version: bytes, fields: Fields) -> None:
    refused = found(version=version, fields=fields)
    assert refused is not None
    assert refused.status == 400


def test_one_framing_is_fine() -> None:
    assert found(fields=[HOST, (b"content-length", b"3")]) is None
    assert found(fields=[HOST, (b"transfer-encoding", b"chunked")]) is None


@given(st.binary(), st.binary(), st.binary(), st.lists(st.tuples(st.binary(), st.binary())))
def test_nothing_crashes_it(method: bytes, target: bytes, version: bytes, fields: Fields) -> None:
    fault(method, target, version, fields)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (b"/video.mp4?x", b"/video.mp4?x"),
        (b"*", b"*"),
        (b"http://a/video.mp4?x", b"/video.mp4?x"),
        (b"HTTP://a:80", b"/"),
        (b"http://a?x", b"/?x"),
        (b"http://a/video.mp4%3Fx", b"/video.mp4%3Fx"),
        (b"http://a/http://b/", b"/http://b/"),
    ],
)
def test_the_origin_form(target: bytes, path: bytes) -> None:
    assert origin_form(target) == path
