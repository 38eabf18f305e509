"""The tutorial's numbers, and the page with its two players."""

from html.parser import HTMLParser

import pytest

from tests.e2e.client import MEDIA, Client

SIZE = 255_849


class Elements(HTMLParser):
    """Every start tag of a page, with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(name="elements")
def _elements(client: Client) -> Elements:
    return Elements(client.ask("/").text)


@pytest.mark.parametrize("path", MEDIA)
def test_whole_video(client: Client, sample: bytes, path: str) -> None:
    response = client.ask(path)
    assert response.status_code == 200
    assert response.headers["Content-Length"] == str(SIZE)
    assert response.headers["Content-Type"] == "video/mp4"
    assert response.content == sample


def test_range_on_the_direct_route(client: Client, sample: bytes) -> None:
    response = client.ask("/video.mp4", {"Range": "bytes=200-1000"})
    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes 200-1000/{SIZE}"
    assert len(response.content) == 801
    assert response.content == sample[200:1001]


def test_range_on_the_chunked_route(client: Client, sample: bytes) -> None:
    response = client.ask("/chunked_video.mp4", {"Range": "bytes=200-200000"})
    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes 200-100199/{SIZE}"
    assert len(response.content) == 100_000
    assert response.content == sample[200:100_200]


def test_page_is_html(client: Client) -> None:
    response = client.ask("/")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


def test_page_has_both_players(elements: Elements) -> None:
    players = elements.named("video")
    assert [player["id"] for player in players] == ["direct", "chunked"]
    for player in players:
        assert "controls" in player
        assert player["width"] == "100%"
    # a browser opens six connections to an origin: one of them for what nobody has asked for yet
    assert [player["preload"] for player in players] == ["metadata", "none"]
    sources = [video.get("src") for video in [*players, *elements.named("source")]]
    assert [source for source in sources if source] == list(MEDIA)


def test_page_needs_nobody_else(client: Client, elements: Elements) -> None:
    policy = client.ask("/").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    links = [attributes["href"] or "" for attributes in elements.named("link")]
    assert {client.ask(link).status_code for link in links} == {200}


@pytest.mark.parametrize(
    ("path", "content_type"),
    [("/assets/style.css", "text/css; charset=utf-8"), ("/assets/icon.svg", "image/svg+xml")],
)
def test_assets(client: Client, path: str, content_type: str) -> None:
    response = client.ask(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"].split(";")[0] == content_type.split(";", maxsplit=1)[0]
