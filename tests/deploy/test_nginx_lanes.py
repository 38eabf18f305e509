"""Which requests nginx takes for itself: what its maps say, and that nobody gets at what lies behind them."""

import random
from collections.abc import Iterator, Mapping

import pytest

from tests.deploy.conftest import Origin, Proxy
from tests.e2e.client import Client

OUTSIDE = (
    *(
        "/-/decision",
        "/-/decision/video.mp4",
        "/-/fast",
        "/-/chunk",
        "/-/unsatisfiable",
        "/-/anything",
        "/-/",
    ),
    *(
        "/%2D/decision/video.mp4",
        "/-%2Fdecision/video.mp4",
        "/./-/decision/video.mp4",
        "/x/../-/decision/video.mp4",
    ),
)
PLAIN = {
    "": "none",
    "bytes=0-": "open",
    "bytes=5-": "open",
    "bytes=0-0": "bounded",
    "bytes=9-10": "bounded",
    "bytes=123456789012345678-123456789012345678": "bounded",
    "bytes=-1": "suffix",
    "bytes=-500": "suffix",
}
NOT_PLAIN = (
    *(
        "bytes=5-2",
        "bytes=10-9",
        "bytes=-",
        "bytes=-0",
        "bytes=-05",
        "bytes=00-1",
        "bytes=0-01",
        "bytes=0-0,5-6",
        "bytes",
    ),
    *(
        "Bytes=0-1",
        "bytes= 0-1",
        "bytes=0 -1",
        "bytes=0-1,",
        "items=0-1",
        "bytes=a-b",
        "bytes=1234567890123456789-",
    ),
)
EXACT = {
    "method": ("HEAD", "/video.mp4", {}),
    "other path": ("GET", "/video.mp4/", {}),
    "other spelling": ("GET", "/%76ideo.mp4", {}),
    "fragment": ("GET", "/video.mp4?a#b", {}),
    "condition": ("GET", "/video.mp4", {"If-None-Match": '"other"'}),
    "date": ("GET", "/video.mp4", {"If-Modified-Since": "yesterday"}),
    "expectation": ("GET", "/video.mp4", {"Expect": "100-continue"}),
    "upgrade": ("GET", "/video.mp4", {"Upgrade": "h2c"}),
    "body": ("GET", "/video.mp4", {"Content-Length": "0"}),
    "odd host": ("GET", "/video.mp4", {"Host": "a_b.."}),
}


class Mirror(Client):
    """Says what the maps make of a request."""

    def lane(self, method: str, target: str, fields: Mapping[str, str]) -> str:
        lines = [
            f"{method} {target} HTTP/1.1",
            *(f"{name}: {value}" for name, value in ({"Host": "a"} | dict(fields)).items()),
        ]
        answer = self.raw("\r\n".join([*lines, "Connection: close", "", ""]).encode(), method)
        assert answer
        return answer.body.decode()

    def words(self, **fields: str) -> list[str]:
        """What is found out about a GET of the direct route: lane, range, place, file."""
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        return self._session.get(f"{self.base_url}/video.mp4", headers=named, timeout=10).text.split(" ")


@pytest.fixture(scope="module", name="mirror")
def _mirror(proxy: Proxy) -> Iterator[Mirror]:
    with Mirror(proxy.mirror) as mirror:
        yield mirror


@pytest.mark.parametrize("target", OUTSIDE)
def test_what_is_between_nginx_and_the_service_cannot_be_asked_for(
    proxy: Proxy, origin: Origin, target: str
) -> None:
    before = len(origin.targets)
    answer = proxy.raw_get(target.encode())
    assert answer
    assert answer.status == 404
    assert origin.targets[before:] == []


@pytest.mark.parametrize(
    ("target", "whole", "part"),
    [
        ("/video.mp4", "fast", "fast"),
        ("/chunked_video.mp4?t=1", "fast", "chunk"),  # without a range there is no cap
        ("/", "exact", "exact"),
    ],
)
def test_lane_of_an_ordinary_request(mirror: Mirror, target: str, whole: str, part: str) -> None:
    assert mirror.lane("GET", target, {}).split(" ")[0] == whole
    assert mirror.lane("GET", target, {"Range": "bytes=0-9"}).split(" ")[0] == part


@pytest.mark.parametrize(("method", "target", "fields"), EXACT.values(), ids=EXACT)
def test_what_is_not_ordinary_is_for_the_service(
    mirror: Mirror, method: str, target: str, fields: dict[str, str]
) -> None:
    found = mirror.lane(method, target, fields)
    assert found.startswith("exact ") or (method, found) == ("HEAD", "")


@pytest.mark.parametrize(("value", "kind"), PLAIN.items())
def test_plain_range(mirror: Mirror, value: str, kind: str) -> None:
    assert mirror.words(Range=value)[:2] == ["fast", kind]


@pytest.mark.parametrize("value", NOT_PLAIN)
def test_other_range_is_for_the_service(mirror: Mirror, value: str) -> None:
    assert mirror.words(Range=value)[:2] == ["exact", ""]


def numbers() -> Iterator[tuple[int, int]]:
    """Pairs that differ in length, in some digit, or not at all, near each other and far apart."""
    pick = random.Random(14)
    for digits in range(1, 19):
        low, high = 10 ** (digits - 1), 10**digits - 1
        for _ in range(40):
            first = pick.randint(low, high)
            yield first, first
            yield first, max(0, first + pick.choice([-1, 1, -10, 10, 100, -100]))
            yield first, pick.randint(low, high)
            yield first, pick.randint(0, 10 ** pick.randint(1, 18) - 1)


def test_numbers_are_compared_as_numbers(mirror: Mirror) -> None:
    for first, second in numbers():
        bounded = mirror.words(Range=f"bytes={first}-{second}")[1]
        assert bounded == ("bounded" if first <= second else ""), (first, second)
        place = mirror.words(Range=f"bytes={first}-", X_Last=str(second))[2]
        assert place == ("within" if first <= second else "behind"), (first, second)


@pytest.mark.parametrize(
    ("fields", "file"),
    [
        ({}, "/file"),
        ({"Range": "bytes=99-"}, "/file"),
        ({"Range": "bytes=100-"}, ""),
        ({"Range": "bytes=5-", "X_Last": ""}, ""),
        ({"Range": "bytes=-1000"}, "/file"),
        ({"Range": "bytes=0-", "If_Range": '"tag"'}, "/file"),
        ({"Range": "bytes=0-", "If_Range": 'W/"tag"'}, ""),
        ({"Range": "bytes=0-", "If_Range": "Sun, 06 Nov 1994 08:49:37 GMT"}, ""),
    ],
)
def test_the_file_is_nginx_s_only_if_the_range_lies_in_it(
    mirror: Mirror, fields: dict[str, str], file: str
) -> None:
    assert mirror.words(**({"X_Last": "99", "X_ETag": '"tag"'} | fields))[3] == file
