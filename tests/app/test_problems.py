"""Errors in the form that the client prefers."""

import json

import pytest
from quart.typing import TestClientProtocol as Client

FORMS = [
    (None, "text/plain; charset=utf-8"),
    ("*/*", "text/plain; charset=utf-8"),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
    ("application/json", "application/problem+json"),
    ("application/problem+json", "application/problem+json"),
    ("text/html;q=0.5, application/json", "application/problem+json"),
    ("image/png", "text/plain; charset=utf-8"),
    ("nonsense;;;", "text/plain; charset=utf-8"),
]


@pytest.mark.parametrize(("accept", "content_type"), FORMS)
async def test_the_form_follows_accept(client: Client, accept: str | None, content_type: str) -> None:
    response = await client.get("/nothing", headers={"Accept": accept} if accept else {})
    assert (response.status_code, response.headers["Content-Type"]) == (404, content_type)
    assert response.headers["Vary"] == "Accept"
    assert "nothing is served at this address" in (await response.get_data(as_text=True)).lower()


async def test_problem_details_have_the_rfc_s_members(client: Client) -> None:
    response = await client.post("/video.mp4", headers={"Accept": "application/json"})
    assert json.loads(await response.get_data()) == {
        "title": "Method Not Allowed",
        "status": 405,
        "detail": "this address answers GET, HEAD, OPTIONS",
    }
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


async def test_a_page_about_an_error_is_protected_too(client: Client) -> None:
    response = await client.get("/nothing", headers={"Accept": "text/html"})
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_media_routes_have_one_line_for_everybody(client: Client, accept: str) -> None:
    response = await client.get("/video.mp4", headers={"Accept": accept, "Range": "bytes=999999-"})
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert (await response.get_data(as_text=False)).count(b"\n") == 1
    assert "Vary" not in response.headers


async def test_an_error_about_options_is_described_too(client: Client) -> None:
    response = await client.open("/nothing", method="OPTIONS", json=None)
    assert response.status_code == 404
    assert "Content-Type" in response.headers
    assert "Allow" not in response.headers
