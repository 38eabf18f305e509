"""The chunked route: no Range answer longer than the cap, and each says truthfully what it is."""

import pytest

from tests.e2e.byteranges import content_range, pieces_of
from tests.e2e.client import Client

PATH = "/chunked_video.mp4"
CAP = 100_000
SIZE = 255_849
END = SIZE - 1

CAPPED = {
    "bytes=0-": (0, CAP - 1),
    "bytes=0-1": (0, 1),
    "bytes=0-0": (0, 0),
    "bytes=0-99999": (0, 99_999),
    "bytes=0-100000": (0, 99_999),
    "bytes=200-200000": (200, 100_199),
    "bytes=1-999999": (1, 100_000),
    "bytes=155849-": (155_849, END),
    "bytes=155848-": (155_848, END - 1),
    "bytes=255000-": (255_000, END),
    "bytes=-1": (END, END),
    "bytes=-500": (SIZE - 500, END),
    f"bytes=-{CAP}": (SIZE - CAP, END),
    f"bytes=-{CAP + 1}": (SIZE - CAP - 1, END - 1),  # from where it was asked to begin
    "bytes=-999999": (0, CAP - 1),
}
SEVERAL = ["0-0,-1", "0-99999,100000-199999", "0-,0-", "0-60000,100000-160000", "200000-,0-", "-200000,0-10"]


@pytest.mark.parametrize(("asked", "window"), CAPPED.items())
def test_capped(client: Client, sample: bytes, asked: str, window: tuple[int, int]) -> None:
    response = client.ask(PATH, {"Range": asked})
    first, last = window
    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert response.headers["Content-Length"] == str(last - first + 1)
    assert response.content == sample[first : last + 1]


@pytest.mark.parametrize("beginning", [0, 1, 155_848])
def test_walk(client: Client, sample: bytes, beginning: int) -> None:
    """Ask for all, take what comes, go on from where it ended: the film is complete."""
    film, answers = b"", 0
    while beginning + len(film) < SIZE:
        response = client.ask(PATH, {"Range": f"bytes={beginning + len(film)}-"})
        first, last, size = content_range(response.headers["Content-Range"])
        assert (first, size) == (beginning + len(film), SIZE)
        assert len(response.content) == last - first + 1
        film, answers = film + response.content, answers + 1
    assert film == sample[beginning:]
    assert answers == -(-(SIZE - beginning) // CAP)


def test_whole_file_without_range(client: Client, sample: bytes) -> None:
    response = client.ask(PATH)
    assert response.status_code == 200
    assert response.content == sample


@pytest.mark.parametrize("asked", SEVERAL)
def test_several_ranges_share_the_cap(client: Client, sample: bytes, asked: str) -> None:
    pieces = pieces_of(client.ask(PATH, {"Range": f"bytes={asked}"}))
    assert sum(len(piece.body) for piece in pieces) <= CAP
    for piece in pieces:
        assert piece.body == sample[piece.first : piece.last + 1]
