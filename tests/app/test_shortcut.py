"""The shortcut answers as the framework would, to the last field, and leaves it everything else."""

from dataclasses import asdict
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypercorn.typing import ASGIFramework
from quart import Quart, request

from service.delivery.accounting import Accounting
from service.delivery.record import Delivery
from tests.app.asgi import AsgiClient, framework_alone

ROUTES = ["/video.mp4", "/chunked_video.mp4"]
# what is different each time; `gone` is set late too, when the framework hears that the response is over
NOT_COMPARED = {"started", "first_byte", "ended", "_resources", "gone"}

MEDIA_REQUESTS: list[dict[str, str]] = [
    {},
    {"Range": "bytes=200-1000"},
    {"Range": "bytes=200-200000"},
    {"Range": "bytes=-5"},
    {"Range": "bytes=0-9,20-29"},
    {"Range": "bytes=999999-"},
    {"Range": "lines=1-2"},
    {"Range": "bytes=0-9", "If-Range": '"x"'},
    {"If-None-Match": "*"},
    {"If-Match": '"x"'},
    {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
]


@pytest.fixture(name="shortcut")
def _shortcut(app: Quart) -> ASGIFramework:
    accounting: Accounting = app.asgi_app.__self__  # type: ignore[attr-defined]
    return accounting._app


async def answer(app: ASGIFramework, path: str, method: str, headers: dict[str, str]) -> tuple[Any, ...]:
    """Return the answer and what the delivery record says."""
    records: list[Delivery] = []
    client = AsgiClient(Accounting(app, [records.append]))
    with patch("secrets.token_hex", return_value="boundary"), patch("time.time", return_value=2e9):
        await client.request(path, method, headers)
    (record,) = records
    noted = {name: value for name, value in asdict(record).items() if name not in NOT_COMPARED}
    return client.status, client.headers, client.body, noted


@pytest.mark.parametrize("headers", MEDIA_REQUESTS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("route", ROUTES)
async def test_the_framework_would_answer_the_same(
    app: Quart, shortcut: ASGIFramework, route: str, method: str, headers: dict[str, str]
) -> None:
    asked: list[str] = []

    @app.before_request
    async def note() -> None:
        asked.append(request.path)

    found = await answer(shortcut, route, method, headers)
    assert asked == []
    assert found == await answer(framework_alone(app), route, method, headers)
    assert asked == [route]


@pytest.mark.parametrize("route", ROUTES)
async def test_every_resource_is_a_route_of_the_framework(app: Quart, route: str) -> None:
    (rule,) = [rule for rule in app.url_map.iter_rules() if rule.rule == route]
    assert rule.methods == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/video.mp4"), ("OPTIONS", "/video.mp4"), ("GET", "//video.mp4"), ("GET", "/video.mp4/")],
)
async def test_what_is_no_answer_with_a_file_is_the_framework_s(
    app: Quart, shortcut: ASGIFramework, method: str, path: str
) -> None:
    found = await answer(shortcut, path, method, {})
    assert found == await answer(framework_alone(app), path, method, {})
    assert found[0] in {200, 404, 405}


async def test_a_missing_file_is_the_framework_s_to_explain(
    app: Quart, shortcut: ASGIFramework, media: Path
) -> None:
    (media / "film.mp4").unlink()
    found = await answer(shortcut, "/video.mp4", "GET", {})
    assert found == await answer(framework_alone(app), "/video.mp4", "GET", {})
    assert (found[0], found[3]["route"], found[3]["range_kind"]) == (404, "/video.mp4", None)
