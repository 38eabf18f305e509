"""Conditional requests (RFC 9110 section 13) on both routes: table of headers -> status.

In a value `{etag}` and `{date}` stand for the film's own validators, `{earlier}` and `{later}` for dates a
second beside its own.
"""

from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest

from tests.e2e.client import MEDIA, Client

SIZE = 255_849
OTHER = '"other"'
BEYOND = "bytes=999999-"
PART = "bytes=200-1000"

NONE_MATCH = [
    ({"If-None-Match": "{etag}"}, 304),
    ({"If-None-Match": "W/{etag}"}, 304),  # the weak comparison is the right one here
    ({"If-None-Match": OTHER + ', "a,b" , {etag}'}, 304),
    ({"If-None-Match": "*"}, 304),
    ({"If-None-Match": OTHER}, 200),
    ({"If-None-Match": "{bare}"}, 200),  # no quotes: not an entity tag
]
MODIFIED_SINCE = [
    ({"If-Modified-Since": "{date}"}, 304),
    ({"If-Modified-Since": "{later}"}, 304),
    ({"If-Modified-Since": "{rfc850}"}, 304),  # both obsolete forms are still to be read (5.6.7)
    ({"If-Modified-Since": "{asctime}"}, 304),
    ({"If-Modified-Since": "{earlier}"}, 200),
    ({"If-Modified-Since": "yesterday"}, 200),
    ({"If-None-Match": OTHER, "If-Modified-Since": "{date}"}, 200),  # If-None-Match rules alone
    ({"If-None-Match": "{etag}", "If-Modified-Since": "{earlier}"}, 304),
]
MATCH = [
    ({"If-Match": "{etag}"}, 200),
    ({"If-Match": OTHER + ", {etag}"}, 200),
    ({"If-Match": "*"}, 200),
    ({"If-Match": OTHER}, 412),
    ({"If-Match": "W/{etag}"}, 412),  # the strong comparison is the right one here
]
UNMODIFIED_SINCE = [
    ({"If-Unmodified-Since": "{date}"}, 200),
    ({"If-Unmodified-Since": "{later}"}, 200),
    ({"If-Unmodified-Since": "{earlier}"}, 412),
    ({"If-Unmodified-Since": "yesterday"}, 200),
    ({"If-Match": "{etag}", "If-Unmodified-Since": "{earlier}"}, 200),  # If-Match rules alone
]
ORDER = [  # 13.2.2: If-Match, If-Unmodified-Since, If-None-Match, If-Modified-Since, and Range last
    ({"If-Match": OTHER, "If-None-Match": "{etag}"}, 412),
    ({"If-Match": "{etag}", "If-None-Match": "{etag}"}, 304),
    ({"If-Unmodified-Since": "{earlier}", "If-None-Match": "{etag}"}, 412),
    ({"If-Match": OTHER, "Range": PART}, 412),
    ({"If-Match": OTHER, "Range": BEYOND}, 412),
    ({"If-Unmodified-Since": "{earlier}", "Range": PART}, 412),
    ({"If-None-Match": "{etag}", "Range": PART}, 304),
    ({"If-None-Match": "{etag}", "Range": BEYOND}, 304),
    ({"If-Modified-Since": "{date}", "Range": PART}, 304),
    ({"If-Match": "{etag}", "Range": PART}, 206),
    ({"If-None-Match": OTHER, "Range": PART}, 206),
    ({"If-Modified-Since": "{earlier}", "Range": PART}, 206),
    ({"If-Match": "{etag}", "Range": BEYOND}, 416),
    ({"If-Match": OTHER, "If-Range": "{etag}", "Range": PART}, 412),
    ({"If-None-Match": "{etag}", "If-Range": OTHER, "Range": PART}, 304),
]
IF_RANGE = [
    ({"If-Range": "{etag}", "Range": PART}, 206),
    ({"If-Range": "{date}", "Range": PART}, 206),
    ({"If-Range": "W/{etag}", "Range": PART}, 200),  # a weak tag never promises the same bytes
    ({"If-Range": OTHER, "Range": PART}, 200),
    ({"If-Range": "{earlier}", "Range": PART}, 200),
    ({"If-Range": "{later}", "Range": PART}, 200),  # the very date, not a later one (13.1.5)
    ({"If-Range": "yesterday", "Range": PART}, 200),
    ({"If-Range": "{etag}", "Range": BEYOND}, 416),
    ({"If-Range": OTHER, "Range": BEYOND}, 200),
    ({"If-Range": OTHER}, 200),
]
CASES = [*NONE_MATCH, *MODIFIED_SINCE, *MATCH, *UNMODIFIED_SINCE, *ORDER, *IF_RANGE]

Case = tuple[dict[str, str], int]
Fill = Callable[[dict[str, str]], dict[str, str]]


def spelled(case: Case) -> str:
    return " ".join(f"{name}={value}" for name, value in case[0].items())


@pytest.fixture(scope="module", name="fill")
def _fill(client: Client) -> Fill:
    film = client.ask(MEDIA[0], method="HEAD").headers
    date = parsedate_to_datetime(film["Last-Modified"])
    values = {
        "etag": film["ETag"],
        "bare": film["ETag"].strip('"'),
        "date": film["Last-Modified"],
        "rfc850": f"{date:%A, %d-%b-%y %H:%M:%S GMT}",
        "asctime": f"{date:%a %b} {date.day:2} {date:%H:%M:%S %Y}",
        "earlier": format_datetime(date - timedelta(seconds=1), usegmt=True),
        "later": format_datetime(date + timedelta(seconds=1), usegmt=True),
    }
    return lambda headers: {name: value.format_map(values) for name, value in headers.items()}


@pytest.mark.parametrize("path", MEDIA)
@pytest.mark.parametrize("case", CASES, ids=spelled)
def test_condition(client: Client, sample: bytes, fill: Fill, path: str, case: Case) -> None:
    headers, status = case
    response = client.ask(path, fill(headers))
    assert response.status_code == status
    content = {200: sample, 206: sample[200:1001], 304: b""}
    if status in content:
        assert response.content == content[status]
    else:
        assert 0 < len(response.content) < 500, "says why, and carries no video"


@pytest.mark.parametrize("case", [*NONE_MATCH, *MODIFIED_SINCE, *MATCH, *UNMODIFIED_SINCE], ids=spelled)
def test_condition_of_a_head(client: Client, fill: Fill, case: Case) -> None:
    headers, status = case
    response = client.ask("/video.mp4", fill(headers), method="HEAD")
    assert response.status_code == status
    assert response.content == b""


@pytest.mark.parametrize("path", MEDIA)
def test_not_modified_repeats_what_a_cache_needs(client: Client, fill: Fill, path: str) -> None:
    """15.4.5: ETag, Cache-Control, Date; nothing that describes a body which is not there."""
    film = client.ask(path, method="HEAD").headers
    response = client.ask(path, fill({"If-None-Match": "{etag}"}))
    for name in ("ETag", "Cache-Control"):
        assert response.headers[name] == film[name]
    assert "Date" in response.headers
    assert not {"Content-Type", "Content-Range", "Transfer-Encoding"} & set(response.headers)
    assert response.headers.get("Content-Length", str(SIZE)) == str(SIZE)


def test_both_routes_have_the_same_validators(client: Client) -> None:
    direct, chunked = (client.ask(path, method="HEAD").headers for path in MEDIA)
    assert direct["ETag"] == chunked["ETag"]
    assert direct["Last-Modified"] == chunked["Last-Modified"]


def test_etag_is_the_web_servers_own(client: Client) -> None:
    """Mtime and size in hex, as nginx makes it: replicas and lanes agree."""
    film = client.ask(MEDIA[0], method="HEAD").headers
    mtime = int(parsedate_to_datetime(film["Last-Modified"]).timestamp())
    assert film["ETag"] == f'"{mtime:x}-{SIZE:x}"'
