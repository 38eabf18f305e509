"""Requests by the thousand, the same on every run: methods, targets, ranges and conditions in every spelling.

All of them are HTTP that nginx hands on. What it refuses by itself, with a status of its own choice, is in
test_connections.py and test_errors.py.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

SIZE = 255_849

Fields = list[tuple[str, str]]

METHODS = ["GET"] * 14 + ["HEAD"] * 3 + ["OPTIONS", "POST", "DELETE", "BREW"]
TARGETS = ["/video.mp4", "/chunked_video.mp4"] * 8 + [
    "/video%2Emp4",
    "/%76ideo.mp4",
    "/video.mp4?t=5",
    "/video.mp4/",
    "//video.mp4",
    "/./video.mp4",
    "/x/../video.mp4",
    "/VIDEO.mp4",
    "/video.mp4;x",
    "/video.mp4%20",
    "/%c0%ae%c0%ae/video.mp4",
    "/nothing",
    "/healthz",
    "/",
]
DATES = [
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
    "Fri, 31 Dec 2060 23:59:59 GMT",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 31 Feb 1994 08:49:37 GMT",
    "yesterday",
    "0",
    "",
]
ODD_RANGES = [
    "bytes",
    "bytes=",
    "bytes=,",
    "bytes=-",
    "bytes=--5",
    "bytes=5-2",
    "bytes=a-b",
    "bytes=0-1,x",
    "bytes=0-1;2-3",
    "bytes=0 -1",
    "bytes= 0-1",
    "bytes=\t0-1\t,\t5-6",
    "bytes=0-1,,5-6,",
    "BYTES=0-1",
    "Bytes=-1",
    "bytes=-0",
    "bytes=00000000000000000000000000000001-2",
    "bytes=0-99999999999999999999999999999999",
    "bytes=99999999999999999999999999999999-",
    "bytes=-99999999999999999999999999999999",
    "bytes=0x0-1",
    "bytes=+0-1",
    "bytes=0-0,-1",
    "bytes=1-1,1-1,1-1",
    "bytes=0-,0-,0-",
    "bytes=" + ",".join(f"{n}-{n}" for n in range(0, 200, 2)),
    "bytes=" + ",".join(f"{n}-{n}" for n in range(0, 202, 2)),
    "items=0-1",
    "none",
    "",
]


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    fields: Fields


def requests(number: int, etag: str, last_modified: str) -> Iterator[Request]:
    """Yield that many requests; the validators are those of the video at the moment."""
    pick = random.Random(9110)
    dates = [*DATES, last_modified]
    tags = [
        etag,
        f"W/{etag}",
        '"other"',
        'W/"other"',
        "*",
        "",
        etag.strip('"'),
        f'"other", {etag}',
        f',{etag} ,"x"',
    ]
    for _ in range(number):
        fields = _ranges(pick)
        for name, values, share in [
            ("If-Range", [*tags[:5], *dates], 0.25),
            ("If-Match", tags, 0.15),
            ("If-None-Match", tags, 0.15),
            ("If-Modified-Since", dates, 0.15),
            ("If-Unmodified-Since", dates, 0.15),
        ]:
            if pick.random() < share:
                fields.append((_cased(pick, name), pick.choice(values)))
        pick.shuffle(fields)
        yield Request(pick.choice(METHODS), pick.choice(TARGETS), fields)


def _ranges(pick: random.Random) -> Fields:
    if pick.random() < 0.2:
        return []
    value = pick.choice(ODD_RANGES) if pick.random() < 0.3 else _plain_range(pick)
    lines = 2 if pick.random() < 0.04 else 1
    return [(_cased(pick, "Range"), value)] * lines


def _plain_range(pick: random.Random) -> str:
    return "bytes=" + ",".join(_spec(pick) for _ in range(pick.choice([1, 1, 1, 1, 2, 3])))


def _spec(pick: random.Random) -> str:
    edge = pick.choice([0, 1, 99_999, 100_000, SIZE - 1, SIZE, SIZE + 1, pick.randrange(SIZE)])
    far = edge + pick.choice([0, 1, 99_998, 99_999, 100_000, pick.randrange(SIZE)])
    return pick.choice([f"{edge}-{far}", f"{edge}-", f"-{edge}"])


def _cased(pick: random.Random, name: str) -> str:
    return pick.choice([name, name, name.lower(), name.upper()])


def nginx_cannot_tell(request: Request, *, joins_lines: bool) -> bool:
    """Say whether this is one of the spellings that the fast lane takes for another one (README, Limits).

    nginx's maps see no difference between a field without a value and none, and before 1.23 only the first of
    several lines.
    """
    fields = {name.lower(): value for name, value in request.fields}
    if "" in {fields.get("if-match"), fields.get("if-unmodified-since")}:
        return True
    if "range" in fields and fields.get("if-range") == "":
        return True
    return not joins_lines and len(fields) < len(request.fields)
