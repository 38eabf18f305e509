"""The library for programs."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from quart.typing import TestClientProtocol as Client

from tests.app.asgi import AsgiClient
from tests.app.library import LONG_AGO, fill, served

IN_ORDER = ["A-film.mp4", "broken.mp4", "Series--Episode-2-3.mp4", "Series--Épisode-10.mp4"]
VALIDATED = [
    "/api/videos",
    "/api/videos/A-film.mp4",
    "/openapi.json",
    "/",
    "/watch/A-film.mp4",
    "/embed/A-film.mp4",
]


@pytest.fixture(name="client")
async def _client(tmp_path: Path) -> AsyncIterator[Client]:
    fill(tmp_path)
    async with served(tmp_path) as client:
        yield client


async def listed(client: Client, query: str = "") -> dict[str, Any]:
    response = await client.get(f"/api/videos{query}")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    found: dict[str, Any] = await response.get_json()
    return found


async def ids(client: Client, query: str = "") -> list[str]:
    return [video["id"] for video in (await listed(client, query))["videos"]]


async def test_all_videos_are_listed_in_natural_order(client: Client) -> None:
    found = await listed(client)
    titles = [video["title"] for video in found["videos"]]
    assert titles == ["A film", "broken", "Episode 2 & 3", "Épisode 10"]
    assert (found["total"], found["page"], found["pages"], found["limit"]) == (4, 1, 1, 24)


async def test_everything_is_said_of_a_video(client: Client) -> None:
    (first, *_) = (await listed(client))["videos"]
    assert first == {
        "id": "A-film.mp4",
        "title": "A film",
        "folder": "",
        "content_type": "video/mp4",
        "size": 255_849,
        "modified": "2020-09-13T12:26:40Z",
        "etag": f'"{LONG_AGO:x}-3e769"',
        "duration": 15.0,
        "width": 640,
        "height": 360,
        "codecs": "avc1.4d401f, mp4a.40.2",
        "bitrate": 136_453,
        "faststart": True,
        "mend": None,
        "urls": {
            "direct": "/videos/A-film.mp4",
            "chunked": "/chunked/A-film.mp4",
            "watch": "/watch/A-film.mp4",
            "embed": "/embed/A-film.mp4",
            "api": "/api/videos/A-film.mp4",
            "poster": "/files/A%20film.jpg",
        },
        "tracks": [{"url": "/files/A%20film.en.vtt", "language": "en", "label": "English"}],
    }


async def test_a_video_alone_is_what_it_is_in_the_list(client: Client) -> None:
    for video in (await listed(client))["videos"]:
        assert await (await client.get(video["urls"]["api"])).get_json() == video


async def test_what_starts_slowly_can_be_mended(client: Client) -> None:
    video = (await listed(client, "?q=%C3%A9pisode+10"))["videos"][0]
    assert video["faststart"] is False
    command = (
        "ffmpeg -i 'Series/Épisode 10.mp4' -c copy -movflags +faststart 'Series/Épisode 10.faststart.mp4'"
    )
    assert video["mend"] == command


async def test_nothing_is_said_of_what_is_no_video(client: Client) -> None:
    video = (await listed(client, "?q=broken"))["videos"][0]
    unknown = ("duration", "width", "height", "codecs", "bitrate", "faststart")
    assert {video[name] for name in unknown} == {None}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=EPISODE", [2, 3]),
        ("?q=serie+10", [3]),
        ("?q=nix", []),
        ("?q=%00%ff", []),
        ("?sort=-name", [3, 2, 1, 0]),
        ("?order=desc", [3, 2, 1, 0]),
        ("?sort=-name&order=asc", [0, 1, 2, 3]),
        ("?sort=size", [1, 0, 2, 3]),
        ("?sort=-modified", [2, 3, 0, 1]),
        ("?limit=3", [0, 1, 2]),
        ("?limit=3&page=2", [3]),
        ("?limit=3&page=3", []),
    ],
)
async def test_search_order_and_pages(client: Client, query: str, found: list[int]) -> None:
    assert await ids(client, query) == [IN_ORDER[place] for place in found]


@pytest.mark.parametrize(
    ("query", "name", "reason"),
    [
        ("page=0", "page", "should be greater than or equal to 1"),
        ("page=one", "page", "must be a whole number, in digits only"),
        ("page=%2B1", "page", "must be a whole number, in digits only"),
        ("page=9999999999999", "page", "must be a whole number, in digits only"),
        ("limit=101", "limit", "should be less than or equal to 100"),
        ("limit=", "limit", "must be a whole number, in digits only"),
        ("sort=colour", "sort", "must be one of name, title, modified, size, duration, or one of them after"),
        ("order=up", "order", "should be 'asc' or 'desc'"),
        ("colour=red", "colour", "is not a parameter here; there are q, sort, order, page, limit"),
        ("page=1&page=2", "page", "must be given once only"),
        (f"q={'x' * 201}", "q", "should have at most 200 characters"),
    ],
)
async def test_a_wrong_parameter_is_named_with_the_reason(
    client: Client, query: str, name: str, reason: str
) -> None:
    response = await client.get(f"/api/videos?{query}")
    problem = await response.get_json(force=True)
    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/problem+json")
    assert problem["status"] == 400
    (wrong,) = problem["parameters"]
    assert wrong["name"] == name
    assert wrong["reason"].startswith(reason)


async def test_everything_wrong_is_said_at_once(client: Client) -> None:
    problem = await (await client.get("/api/videos?a=1&page=0&limit=0")).get_json(force=True)
    assert {wrong["name"] for wrong in problem["parameters"]} == {"a", "page", "limit"}


@pytest.mark.parametrize(
    ("page", "relations"),
    [(1, "first next last"), (2, "first prev next last"), (4, "first prev last"), (9, "first prev last")],
)
async def test_the_link_field_leads_through_the_pages(client: Client, page: int, relations: str) -> None:
    response = await client.get(f"/api/videos?sort=-size&limit=1&page={page}")
    links = re.findall(r'<[^>]*&page=(\d+)[^>]*>; rel="(\w+)"', response.headers["Link"])
    assert " ".join(relation for _, relation in links) == relations
    numbers = {relation: int(number) for number, relation in links}
    assert numbers.get("prev", 0) == min(page - 1, 4)
    assert numbers.get("next", page + 1) == page + 1


async def test_following_next_meets_every_video_once(client: Client) -> None:
    met, path = [], "/api/videos?q=%C3%A9&limit=1&order=desc"
    while path:
        response = await client.get(path)
        met += [video["id"] for video in (await response.get_json())["videos"]]
        following = re.search(r'<([^>]*)>; rel="next"', response.headers["Link"])
        path = following[1] if following else ""
    assert met == [IN_ORDER[3], IN_ORDER[2], IN_ORDER[1]]


@pytest.mark.parametrize("path", VALIDATED)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_an_answer_can_be_asked_for_again(client: Client, path: str, method: str) -> None:
    first = await client.get(path)
    tag = first.headers["ETag"]
    assert tag.startswith('"')
    for condition, status in ((tag, 304), (f'"x", W/{tag}', 304), ("*", 304), ('"x"', 200)):
        again = await client.open(path, method=method, headers={"If-None-Match": condition}, json=None)
        assert (again.status_code, again.headers["ETag"]) == (status, tag)


async def test_an_answer_that_is_still_right_has_no_content(client: Client) -> None:
    raw = AsgiClient(client.app)  # Quart's own adds a Content-Type
    await raw.request("/api/videos", headers={"If-None-Match": "*"})
    fields = {name for name, _ in raw.headers}
    assert (raw.status, raw.body) == (304, b"")
    assert fields >= {"etag", "cache-control", "link", "x-content-type-options"}
    assert not fields & {"content-type", "content-length", "last-modified"}


async def test_another_video_makes_another_answer(client: Client) -> None:
    tag = (await client.get("/api/videos/A-film.mp4")).headers["ETag"]
    assert (await client.get("/api/videos/broken.mp4")).headers["ETag"] != tag


async def test_a_failed_precondition_is_a_problem(client: Client) -> None:
    response = await client.get("/api/videos", headers={"If-Match": '"x"'})
    assert (response.status_code, response.headers["Content-Type"]) == (412, "application/problem+json")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/videos/nix.mp4", 404),
        ("GET", "/api/videos/", 404),
        ("GET", "/api/videos/a/b", 404),
        ("GET", "/api/nothing", 404),
        ("GET", "/api/videos/A-film.mp4?x=1", 400),
        ("POST", "/api/videos", 405),
        ("DELETE", "/api/videos/A-film.mp4", 405),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "*/*"])
async def test_errors_of_the_api_are_problem_details(
    client: Client, method: str, path: str, status: int, accept: str
) -> None:
    response = await client.open(path, method=method, headers={"Accept": accept}, json=None)
    assert (response.status_code, response.headers["Content-Type"]) == (status, "application/problem+json")
    assert (await response.get_json(force=True))["status"] == status


@pytest.mark.parametrize("path", VALIDATED)
async def test_options_says_what_there_is(client: Client, path: str) -> None:
    response = await client.open(path, method="OPTIONS", json=None)
    assert (response.status_code, response.headers["Allow"]) == (200, "GET, HEAD, OPTIONS")
    assert (await client.open(path, method="POST", json=None)).headers["Allow"] == "GET, HEAD, OPTIONS"


async def test_an_empty_library_is_an_empty_page(tmp_path: Path) -> None:
    async with served(tmp_path) as client:
        assert await listed(client) == {"videos": [], "total": 0, "page": 1, "pages": 1, "limit": 24}
