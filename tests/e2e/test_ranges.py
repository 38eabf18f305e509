"""Range requests on the direct route (RFC 9110 section 14): exactly the bytes asked for."""

import time

import pytest

from tests.e2e.byteranges import Piece, pieces_of
from tests.e2e.client import MEDIA, Client

SIZE = 255_849
END = SIZE - 1
SLACK = 10_000
"""What a multipart answer may cost beyond the bytes of the file."""

SATISFIED = {
    "bytes=0-0": (0, 0),
    "bytes=0-1": (0, 1),  # Safari's first question
    "bytes=0-999": (0, 999),
    "bytes=100000-100000": (100_000, 100_000),
    "bytes=123456-234567": (123_456, 234_567),
    f"bytes={END}-{END}": (END, END),
    "bytes=0-": (0, END),
    "bytes=255000-": (255_000, END),
    f"bytes={END}-": (END, END),
    "bytes=-1": (END, END),
    "bytes=-500": (SIZE - 500, END),
    f"bytes=-{SIZE}": (0, END),
    f"bytes=-{SIZE + 1}": (0, END),
    "bytes=-99999999999999999999999": (0, END),
    f"bytes=255000-{SIZE}": (255_000, END),
    "bytes=255000-99999999999999999999999": (255_000, END),
    "bytes=0000000-0000001": (0, 1),
    "BYTES=0-1": (0, 1),  # units are case-insensitive
    "bytes=,0-1": (0, 1),  # so is an empty element of a list nothing (5.6.1.2)
    "bytes=0-1 , ,": (0, 1),
    "bytes=0-1,999999-": (0, 1),  # what cannot be had is left out
}
IGNORED = [
    "bytes=5-2", "bytes=a-b", "bytes=-", "bytes=", "bytes", "bytes 0-1", "bytes:0-1", "=0-1", "0-1",
    "bytes=--5", "bytes=0x0-0x1", "bytes=+0-1", "bytes=0-+1", "bytes=1_0-2_0", "bytes=0 - 1",
    "bytes=0-1;2-3", "bytes=0-1-2", "bytes=0.0-1", "bytes=0-1,5-2", "bytes=0-1,x", "items=0-1",
    "seconds=0-1", "none=0-1", "bytes=\xb2-\xb3",
]  # fmt: skip
UNSATISFIABLE = [
    f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE}", "bytes=999999-", "bytes=999999-9999999", "bytes=-0",
    "bytes=99999999999999999999999-", "bytes=300000-,400000-",
]  # fmt: skip
SEVERAL = {
    "bytes=0-0,-1": [(0, 0), (END, END)],
    "bytes=0-99,1000-1099,200000-200999": [(0, 99), (1000, 1099), (200_000, 200_999)],
    "bytes=5000-5999, 1000-1999": [(5000, 5999), (1000, 1999)],
    "bytes=100-199,999999-,-100": [(100, 199), (SIZE - 100, END)],
}
GREEDY = {
    "the file twenty times": ",".join(["0-"] * 20),
    "three that overlap": f"0-200000,100000-{END},50000-150000",
    "suffixes inside suffixes": ",".join(f"-{n}" for n in range(250_000, 250_009)),
    "a thousand times the first byte": ",".join(["0-0"] * 1000),
    "a thousand suffixes": ",".join(f"-{n}" for n in range(1, 1001)),
    "every other byte": ",".join(f"{n}-{n}" for n in range(0, 1200, 2)),
}


def identifiers(value: str) -> str:
    return value.encode("ascii", "backslashreplace").decode()


@pytest.mark.parametrize(("asked", "window"), SATISFIED.items())
def test_one_range(client: Client, sample: bytes, asked: str, window: tuple[int, int]) -> None:
    response = client.ask("/video.mp4", {"Range": asked})
    first, last = window
    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert response.headers["Content-Length"] == str(last - first + 1)
    assert response.headers["Content-Type"] == "video/mp4"
    assert response.content == sample[first : last + 1]


@pytest.mark.parametrize("path", MEDIA)
@pytest.mark.parametrize("asked", IGNORED, ids=identifiers)
def test_nonsense_and_other_units_are_ignored(client: Client, sample: bytes, path: str, asked: str) -> None:
    response = client.ask(path, {"Range": asked})
    assert response.status_code == 200
    assert "Content-Range" not in response.headers
    assert response.content == sample


@pytest.mark.parametrize("path", MEDIA)
@pytest.mark.parametrize("asked", UNSATISFIABLE)
def test_unsatisfiable(client: Client, path: str, asked: str) -> None:
    response = client.ask(path, {"Range": asked})
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(("asked", "windows"), SEVERAL.items())
def test_several_ranges(client: Client, sample: bytes, asked: str, windows: list[tuple[int, int]]) -> None:
    response = client.ask("/video.mp4", {"Range": asked})
    assert response.headers["Content-Type"].startswith("multipart/byteranges")
    expected = [Piece(first, last, SIZE, sample[first : last + 1]) for first, last in windows]
    assert pieces_of(response) == expected


@pytest.mark.parametrize("asked", GREEDY.values(), ids=GREEDY)
def test_greedy_ranges_are_cheap(client: Client, sample: bytes, asked: str) -> None:
    began = time.monotonic()
    response = client.ask("/video.mp4", {"Range": f"bytes={asked}"})
    assert time.monotonic() - began < 2
    assert len(response.content) <= SIZE + SLACK
    if response.status_code == 200:
        assert response.content == sample
    else:
        for piece in pieces_of(response):
            assert piece.body == sample[piece.first : piece.last + 1]


@pytest.mark.parametrize("path", MEDIA)
@pytest.mark.parametrize("asked", ["bytes=0-1", "bytes=-500", "bytes=0-0,-1", "bytes=999999-"])
def test_head_knows_no_ranges(client: Client, path: str, asked: str) -> None:
    """Range is defined for GET alone (14.2)."""
    response = client.ask(path, {"Range": asked}, method="HEAD")
    assert response.status_code == 200
    assert response.headers["Content-Length"] == str(SIZE)
    assert "Content-Range" not in response.headers
    assert response.content == b""


def test_head_says_what_get_says(client: Client) -> None:
    head, get = client.ask("/video.mp4", method="HEAD"), client.ask("/video.mp4")
    ours = ("Content-Length", "Content-Type", "ETag", "Last-Modified", "Cache-Control", "Accept-Ranges")
    assert [head.headers[name] for name in ours] == [get.headers[name] for name in ours]


def test_ranges_join_to_the_whole(client: Client, sample: bytes) -> None:
    step = 77_777
    answers = [
        client.ask("/video.mp4", {"Range": f"bytes={at}-{at + step - 1}"}) for at in range(0, SIZE, step)
    ]
    assert b"".join(answer.content for answer in answers) == sample
    assert len({answer.headers["ETag"] for answer in answers}) == 1
