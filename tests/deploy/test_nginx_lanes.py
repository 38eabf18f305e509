"""Which requests nginx takes for itself: what its maps say, and that nobody gets at what lies behind them."""

import random
import time
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
    "date of a range": ("GET", "/video.mp4", {"If-Range": "Sun, 06 Nov 1994 08:49:37 GMT"}),
    "weak tag of a range": ("GET", "/video.mp4", {"If-Range": 'W/"5-5"'}),
    "expectation": ("GET", "/video.mp4", {"Expect": "100-continue"}),
    "upgrade": ("GET", "/video.mp4", {"Upgrade": "h2c"}),
    "body": ("GET", "/video.mp4", {"Content-Length": "0"}),
    "odd host": ("GET", "/video.mp4", {"Host": "a_b.."}),
}


class Mirror(Client):
    """Says what the maps make of a request."""

    def made_of(self, method: str, target: str, fields: Mapping[str, str]) -> str:
        lines = [
            f"{method} {target} HTTP/1.1",
            *(f"{name}: {value}" for name, value in ({"Host": "a"} | dict(fields)).items()),
        ]
        answer = self.raw("\r\n".join([*lines, "Connection: close", "", ""]).encode(), method)
        assert answer
        return answer.body.decode()

    def words(self, **fields: str) -> list[str]:
        """What is found out about a GET of the direct route: ordinary or not, range, place, folder, path."""
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
    ("target", "ordinary"),
    [
        ("/video.mp4", "1"),
        ("/chunked_video.mp4?t=1", "1"),
        ("/videos/a%20b.mp4", "1"),
        ("/chunked/a.mp4", "1"),
        ("/", "0"),
        ("/chunked_video.mp4/", "0"),
        ("/chunkedvideo.mp4", "0"),
        ("/videos/", "0"),
        ("/videos/.a", "0"),
        ("/chunked/a/b", "0"),
    ],
)
def test_what_is_ordinary(mirror: Mirror, target: str, ordinary: str) -> None:
    assert mirror.made_of("GET", target, {}).split(" ")[0] == ordinary
    assert mirror.made_of("GET", target, {"Range": "bytes=0-"}).split(" ")[0] == ordinary


@pytest.mark.parametrize(("method", "target", "fields"), EXACT.values(), ids=EXACT)
def test_what_is_not_ordinary_is_for_the_service(
    mirror: Mirror, method: str, target: str, fields: dict[str, str]
) -> None:
    found = mirror.made_of(method, target, fields)
    assert found.startswith("0 ") or (method, found) == ("HEAD", "")


@pytest.mark.parametrize(("value", "kind"), PLAIN.items())
def test_plain_range(mirror: Mirror, value: str, kind: str) -> None:
    assert mirror.words(Range=value)[:2] == ["1", kind]


@pytest.mark.parametrize("value", NOT_PLAIN)
def test_other_range_is_for_the_service(mirror: Mirror, value: str) -> None:
    assert mirror.words(Range=value)[:2] == ["0", ""]


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
        place = mirror.words(Range=f"bytes={first}-", X_Length=str(second))[2]
        assert place == ("within" if first < second else "behind"), (first, second)


def lengths() -> Iterator[tuple[int, int]]:
    """Ranges that are about as long as a small one may be, and others; many of them carry over nines."""
    pick = random.Random(15)
    for digits in range(1, 19):
        for _ in range(60):
            first = pick.randint(10 ** (digits - 1) - 1, 10**digits - 1)
            yield first, first + pick.choice([0, 9, 49_999, 99_998, 99_999, 100_000, 100_001, 150_000, 10**6])
            yield first, first + pick.randint(1, 120_000)
            round_up = 10 ** pick.randint(1, digits)
            nines = max(0, first // round_up * round_up + round_up - pick.randint(1, 110_000))
            yield nines, nines + pick.choice([pick.randint(1, 120_000), 99_999, 100_000])


def test_a_small_range_is_told_from_a_large_one(mirror: Mirror) -> None:
    """But for some at the very beginning of a file, which the service answers: that is right, too."""
    for first, last in lengths():
        folder = mirror.words(Range=f"bytes={first}-{last}")[3]
        is_small = last - first < 100_000
        if not is_small or first >= 10_000 or last < 100_000:
            assert folder == ("/small" if is_small else ""), (first, last)


@pytest.fixture(scope="module", name="large")
def _large(proxy: Proxy, tmp_path_factory: pytest.TempPathFactory) -> int:
    """A film of many digits, as the service says that nginx may send it."""
    film = tmp_path_factory.mktemp("films") / "large.mp4"
    size = 4_829_103_756
    with film.open("wb") as file:
        file.truncate(size)
    link = proxy.published / "known/whole/video.mp4"
    link.parent.mkdir(parents=True)
    link.symlink_to(film)
    now = int(time.time())
    for second in range(now, now + 120):
        (proxy.published / str(second)).symlink_to("known")
    return size


def firsts(size: int) -> Iterator[int]:
    pick = random.Random(16)
    yield from (0, size - 1, size, size + 1, 10 * size, size // 10)
    for digits in range(1, 19):
        yield from (pick.randint(10 ** (digits - 1), 10**digits - 1) for _ in range(5))
    yield from (max(0, size + pick.choice([-1, 1]) * 10 ** pick.randint(0, 9)) for _ in range(100))


def test_nginx_knows_which_ranges_it_cannot_satisfy(proxy: Proxy, large: int) -> None:
    """What is added to the header section depends on it, before nginx itself has looked."""
    for first in firsts(large):
        answer = proxy.ask("/video.mp4", {"Range": f"bytes={first}-{first}"})
        fields = answer.headers
        if first < large:
            assert (answer.status_code, fields["Content-Range"]) == (206, f"bytes {first}-{first}/{large}")
            assert (fields["Accept-Ranges"], fields["Cache-Control"]) == ("bytes", "public, max-age=300")
        else:
            assert (answer.status_code, fields["Content-Range"]) == (416, f"bytes */{large}")
            assert (fields.get("Accept-Ranges"), fields["Cache-Control"]) == (None, "no-store")
            assert answer.text == (
                f"416 Range Not Satisfiable: the file has {large} bytes "
                "and the range asked for selects none of them\n"
            )


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({}, "/kept"),
        ({"Range": "bytes=99-"}, "/kept"),
        ({"Range": "bytes=100-"}, ""),
        ({"Range": "bytes=5-", "X_Length": ""}, ""),
        ({"Range": "bytes=-1000"}, "/kept"),
        ({"Range": "bytes=0-", "If_Range": '"5-5"'}, "/kept"),
        ({"Range": "bytes=0-", "If_Range": '"5-6"'}, ""),
        ({"Range": "bytes=0-", "If_Range": 'W/"5-5"'}, ""),
        ({"Range": "bytes=0-", "If_Range": "Sun, 06 Nov 1994 08:49:37 GMT"}, ""),
    ],
)
def test_an_answer_is_kept_only_if_the_range_lies_in_the_file(
    mirror: Mirror, fields: dict[str, str], kept: str
) -> None:
    assert mirror.words(**({"X_Length": "100", "X_ETag": '"5-5"'} | fields))[4] == kept
