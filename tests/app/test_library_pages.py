"""The pages of the library: what is on them for whom, with any name."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from quart.typing import TestClientProtocol as Client

from service.routes.library import page_numbers
from tests.app.library import LONG_AGO, SAMPLE, fill, put, served

NASTY = """<b>"it's" & 100%;$x`y`"""
EMBED = (
    '<iframe src="http://localhost/embed/A-film.mp4" title="A film" width="640" height="360" '
    'allow="fullscreen; picture-in-picture" loading="lazy"></iframe>'
)
EVERY_PAGE = [
    "/",
    "/?q=film",
    "/?sort=-size",
    "/?q=nothing-of-it",
    "/watch/A-film.mp4",
    "/watch/A-film.mp4?player=chunked",
    "/watch/broken.mp4",
    "/watch/nix",
    "/embed/A-film.mp4",
]


@pytest.fixture(name="client")
async def _client(tmp_path: Path) -> AsyncIterator[Client]:
    fill(tmp_path)
    async with served(tmp_path) as client:
        yield client


async def read(client: Client, path: str) -> str:
    response = await client.get(path, headers={"Accept": "text/html"})
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    return await response.get_data(as_text=True)


def cards(page: str) -> list[str]:
    return re.findall(r'<h3><a href="(/watch/[^"]+)">', page)


async def test_the_first_page_has_the_players_and_the_library(client: Client) -> None:
    page = await read(client, "/")
    assert re.findall(r'<video id="(\w+)" src="([^"]+)"', page) == [
        ("direct", "/video.mp4"),
        ("chunked", "/chunked_video.mp4"),
    ]
    assert len(cards(page)) == 4


async def test_a_card_says_what_a_video_is(client: Client) -> None:
    page = await read(client, "/")
    assert "256 kB" in page
    assert '<time datetime="PT15S">0:15</time>' in page
    assert '<img src="/files/A%20film.jpg" alt="" loading="lazy"' in page
    assert '<a href="/?q=Series">Series</a>' in page


@pytest.mark.parametrize("query", ["?q=series", "?sort=-size", "?page=1&sort=title"])
async def test_what_was_looked_for_comes_without_players(client: Client, query: str) -> None:
    assert "<video" not in await read(client, f"/{query}")


async def test_a_search_is_kept_in_its_form(client: Client) -> None:
    page = await read(client, "/?q=%22%3Eseries&sort=-size")
    assert 'value="&#34;&gt;series"' in page
    assert '<option value="-size" selected>' in page


async def test_a_search_without_result_says_so(client: Client) -> None:
    page = await read(client, "/?q=nix")
    assert "Nothing found." in page
    assert "0 videos for “nix”" in page


async def test_a_link_that_carries_more_still_works(client: Client) -> None:
    assert (await client.get("/?q=film&utm_source=x")).status_code == 200


@pytest.mark.parametrize(("query", "status"), [("page=x", 400), ("sort=x", 400), ("page=2", 404)])
async def test_a_wrong_address_is_a_page_that_says_what_is_wrong(
    client: Client, query: str, status: int
) -> None:
    response = await client.get(f"/?{query}", headers={"Accept": "text/html"})
    assert response.status_code == status
    assert "<h1>" in await response.get_data(as_text=True)


async def test_an_empty_library_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    async with served(tmp_path / "empty") as client:
        page = await read(client, "/")
    assert "The library is empty." in page
    assert "<video" not in page


async def test_many_videos_come_in_pages(tmp_path: Path) -> None:
    for number in range(50):
        put(tmp_path / f"Film {number}.mp4", b"x")
    async with served(tmp_path) as client:
        pages = [await read(client, f"/?page={number}") for number in (1, 2, 3)]
    found = [card for page in pages for card in cards(page)]
    assert [len(cards(page)) for page in pages] == [24, 24, 2]
    assert found == [f"/watch/Film-{number}.mp4" for number in range(50)]
    assert '<a href="/?page=3#library" rel="next">' in pages[1]
    assert '<a href="/#library" rel="prev">' in pages[1]
    assert 'aria-label="Page 2" aria-current="page"' in pages[1]


@pytest.mark.parametrize(
    ("page", "pages", "numbers"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (1, 9, [1, 2, 3, None, 9]),
        (5, 9, [1, None, 3, 4, 5, 6, 7, None, 9]),
        (4, 9, [1, 2, 3, 4, 5, 6, None, 9]),
        (9, 9, [1, None, 7, 8, 9]),
    ],
)
def test_which_pages_are_linked(page: int, pages: int, numbers: list[int | None]) -> None:
    assert page_numbers(page, pages) == numbers


async def test_a_video_is_watched_directly_or_in_parts(client: Client) -> None:
    for query, path in (("", "/videos/A-film.mp4"), ("?player=chunked", "/chunked/A-film.mp4")):
        (player,) = re.findall(r"<video[^>]*>", await read(client, f"/watch/A-film.mp4{query}"))
        assert f'src="{path}"' in player
        assert 'poster="/files/A%20film.jpg"' in player


@pytest.mark.parametrize("page", ["watch", "embed"])
async def test_a_player_has_the_tracks(client: Client, page: str) -> None:
    (track,) = re.findall(r"<track[^>]*>", await read(client, f"/{page}/A-film.mp4"))
    assert {'src="/files/A%20film.en.vtt"', 'srclang="en"', 'label="English"'} <= set(track.split())


async def test_everything_known_is_in_the_table(client: Client) -> None:
    page = await read(client, "/watch/A-film.mp4")
    table = dict(re.findall(r'<th scope="row">([^<]+)</th><td>([^<]+)</td>', page))
    assert html.unescape(table.pop("ETag")) == f'"{LONG_AGO:x}-3e769"'
    assert table == {
        "Duration": "0:15",
        "Picture": "640 \N{MULTIPLICATION SIGN} 360",
        "Codecs": "avc1.4d401f, mp4a.40.2",
        "Bitrate": "136 kbit/s",
        "Size": "255,849 bytes",
        "Type": "video/mp4",
        "Index": "in front: starts at once",
        "Modified": "2020-09-13 12:26:40 UTC",
        "File": "A film.mp4",
    }


async def test_what_is_not_known_is_not_in_the_table(client: Client) -> None:
    page = await read(client, "/watch/broken.mp4")
    assert re.findall(r'<th scope="row">([^<]+)<', page) == ["Size", "Type", "Modified", "ETag", "File"]


async def test_there_are_links_to_copy(client: Client) -> None:
    page = html.unescape(await read(client, "/watch/A-film.mp4"))
    copies = re.findall(r'<code id="copy-\d">(.*?)</code>', page)
    assert copies == [
        "http://localhost/videos/A-film.mp4",
        "http://localhost/chunked/A-film.mp4",
        "curl -r 0-99999 -o part http://localhost/videos/A-film.mp4",
        EMBED,
    ]


async def test_a_slow_start_comes_with_the_command_that_mends_it(client: Client) -> None:
    page = html.unescape(await read(client, "/watch/Series--%C3%89pisode-10.mp4"))
    assert "Starts slowly" in page
    assert "ffmpeg -i 'Series/Épisode 10.mp4' -c copy -movflags +faststart" in page
    assert "Starts slowly" not in await read(client, "/watch/A-film.mp4")


async def test_the_videos_lead_to_one_another(client: Client) -> None:
    path, met = "/watch/A-film.mp4", []
    while path:
        met.append(path)
        following = re.search(r'<a href="([^"]+)" rel="next">', await read(client, path))
        path = html.unescape(following[1]) if following else ""
    assert met == cards(await read(client, "/"))


async def test_an_unknown_video_is_a_page_with_a_way_back(client: Client) -> None:
    for page in ("watch", "embed"):
        response = await client.get(f"/{page}/nix.mp4", headers={"Accept": "text/html"})
        text = await response.get_data(as_text=True)
        assert response.status_code == 404
        assert "There is no video at this address" in text
        assert 'href="/"' in text


async def test_any_site_may_show_the_bare_player_and_no_other_page(client: Client) -> None:
    embed = await client.get("/embed/A-film.mp4")
    assert "frame-ancestors *" in embed.headers["Content-Security-Policy"]
    assert embed.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    for path in ("/", "/watch/A-film.mp4", "/embed/nix"):
        response = await client.get(path, headers={"Accept": "text/html"})
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", EVERY_PAGE)
async def test_no_page_allows_or_needs_anything_from_elsewhere(client: Client, path: str) -> None:
    response = await client.get(path, headers={"Accept": "text/html"})
    page = await response.get_data(as_text=True)
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert not re.findall(r"<script>|<style|\sstyle=|\son\w+=", page)
    assert not re.findall(r'<[^>]*(?:src|href)="(?:https?:)?//', page)


async def test_no_two_pages_have_the_same_title(client: Client) -> None:
    titles = [re.findall(r"<title>(.*?)</title>", await read(client, path))[0] for path in EVERY_PAGE]
    assert len(set(titles)) == len(titles)


async def test_at_most_one_video_of_a_page_preloads(client: Client) -> None:
    for path in EVERY_PAGE:
        assert len(re.findall('preload="metadata"', await read(client, path))) <= 1


async def test_a_nasty_name_is_only_a_name(tmp_path: Path) -> None:
    put(tmp_path / NASTY / f"{NASTY}.mp4", SAMPLE)
    async with served(tmp_path) as client:
        for path in ("/", *map(html.unescape, cards(await read(client, "/")))):
            page = await read(client, path)
            assert NASTY in html.unescape(page)
            assert "<b>" not in page
            assert (await client.get(path.replace("watch", "embed"))).status_code == 200


async def test_videos_that_start_slowly_are_counted(client: Client) -> None:
    async with asyncio.timeout(10):
        while "video_library_slow_start_videos 1.0" not in await read_metrics(client):
            await asyncio.sleep(0.02)


async def read_metrics(client: Client) -> str:
    return await (await client.get("/metrics")).get_data(as_text=True)
