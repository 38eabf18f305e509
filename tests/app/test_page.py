"""The page and its assets."""

import re

import pytest
from quart.typing import TestClientProtocol as Client


async def test_the_page_has_both_players(client: Client) -> None:
    page = await (await client.get("/")).get_data(as_text=True)
    players = re.findall(r"<video[^>]*>", page)
    assert len(players) == 2
    assert all({"controls", 'width="100%"'} <= set(re.split(r"[\s>]", tag)) for tag in players)
    assert 'src="/video.mp4"' in page
    assert 'src="/chunked_video.mp4"' in page


async def test_one_player_alone_preloads(client: Client) -> None:
    """A browser opens six connections to an origin; a page of videos must not take them all."""
    page = await (await client.get("/")).get_data(as_text=True)
    assert re.findall(r'preload="(\w+)"', page) == ["metadata", "none"]


async def test_the_page_allows_nothing_from_elsewhere(client: Client) -> None:
    response = await client.get("/")
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    page = await response.get_data(as_text=True)
    assert not re.findall(r"<script|<style|\sstyle=|\son\w+=", page)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("style.css", "text/css; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
        ("copy.js", "text/javascript; charset=utf-8"),
    ],
)
async def test_the_assets_can_be_revalidated(client: Client, name: str, content_type: str) -> None:
    first = await client.get(f"/assets/{name}")
    assert (first.status_code, first.headers["Content-Type"]) == (200, content_type)
    second = await client.get(f"/assets/{name}", headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 304


@pytest.mark.parametrize("name", ["", "nix.css", "../app.py", "%2e%2e%2fapp.py", "__pycache__"])
async def test_there_is_nothing_else_among_the_assets(client: Client, name: str) -> None:
    assert (await client.get(f"/assets/{name}")).status_code == 404
