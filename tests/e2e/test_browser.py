"""The page in headless Chromium: both players play and seek, and nothing is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Response

from tests.e2e.browser import Visit, moment, plays_on, seek, visiting
from tests.e2e.targets import Stack
from tests.e2e.targets.process import wait_until

CAP = 100_000
PLAYERS = ["direct", "chunked"]
# The length in pixels of the bar that grows with time in the sample, read from the frame that is shown
BAR = """(video) => {
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0);
    const row = context.getImageData(0, 148, canvas.width, 1).data;
    return row.filter((value, index) => index % 4 === 2 && value > 128).length;
}"""
WIDTH, SECONDS, SAMPLE_SIZE = 640, 15, 255_849


@pytest.fixture
def visit(chromium: Browser, stack: Stack) -> Iterator[Visit]:
    with visiting(chromium, stack.base_url) as visit:
        yield visit


def whole(partial: Response) -> int:
    """Read the size of the whole file from the Content-Range of a part."""
    return int(partial.headers["content-range"].rpartition("/")[2])


@pytest.mark.parametrize("name", PLAYERS)
def test_player_plays(visit: Visit, name: str) -> None:
    plays_on(visit.video(name))


@pytest.mark.parametrize("part", [0.5, 0.9])
@pytest.mark.parametrize("name", PLAYERS)
def test_seek_lands_and_plays_on(visit: Visit, name: str, part: float) -> None:
    video = visit.video(name)
    plays_on(video)
    target = part * float(video.evaluate("video => video.duration"))
    seek(video, target)
    assert moment(video) == pytest.approx(target, abs=0.3)
    plays_on(video)


@pytest.mark.parametrize("name", PLAYERS)
def test_seek_shows_the_frame_of_that_moment(visit: Visit, name: str) -> None:
    video = visit.video(name)
    if whole(visit.partial("/video.mp4")[0]) != SAMPLE_SIZE:
        pytest.skip("the sample is not what is served: only its frames tell their moment")
    for target in (7.5, 13.0, 2.0):
        seek(video, target)
        assert video.evaluate(BAR) == pytest.approx(WIDTH * target / SECONDS, abs=8)


def sent_in_parts(stack: Stack) -> list[int]:
    """Return the sizes of all range answers of the chunked route, as the access log has them.

    The log, since Chromium itself reports parts that it has joined, as nobody ever sent them.
    """
    lines = [
        json.loads(line[line.index("{") :]) for line in stack.logs().splitlines() if '"url.path"' in line
    ]
    return [
        line["http.response.body.size"]
        for line in lines
        if line["url.path"] == "/chunked_video.mp4" and line["http.response.status_code"] == 206
    ]


def test_chunked_player_plays_to_the_end_in_parts(visit: Visit, stack: Stack) -> None:
    if not stack.logs():
        pytest.skip("only a URL was given (--base-url): its log is out of reach")
    video = visit.video("chunked")
    video.evaluate("video => { video.playbackRate = 4; return video.play() }")
    wait_until(lambda: video.evaluate("video => video.ended"), 15, "the end")
    wait_until(lambda: len(sent_in_parts(stack)) >= 3, 15, "three parts in the log")
    assert max(sent_in_parts(stack)) <= CAP


def test_direct_player_gets_what_it_asks_for(visit: Visit) -> None:
    plays_on(visit.video("direct"))
    first, *_ = visit.partial("/video.mp4")
    assert int(first.headers["content-length"]) == whole(first)


def test_page_and_players_run_without_a_complaint(visit: Visit) -> None:
    for name in PLAYERS:
        plays_on(visit.video(name))
    assert visit.responses[0].headers["content-security-policy"].startswith("default-src 'none'")
    assert visit.problems == []
    assert [response.url for response in visit.responses if response.status >= 400] == []


def test_page_fetches_from_its_own_origin_only(visit: Visit, stack: Stack) -> None:
    visit.page.wait_for_load_state("networkidle")
    assert {response.url.startswith(stack.base_url) for response in visit.responses} == {True}


@pytest.mark.parametrize(
    "size", [(390, 844), (320, 568), (1280, 900)], ids=["phone", "small phone", "desktop"]
)
def test_page_fits_the_window_without_scrolling_sideways(visit: Visit, size: tuple[int, int]) -> None:
    visit.page.set_viewport_size({"width": size[0], "height": size[1]})
    root = visit.page.locator("html")
    assert root.evaluate("root => root.scrollWidth") == root.evaluate("root => root.clientWidth") == size[0]


@pytest.mark.parametrize("name", PLAYERS)
def test_command_line_of_the_page_names_this_origin(visit: Visit, stack: Stack, name: str) -> None:
    route = visit.video(name).get_attribute("src")
    commands = visit.page.locator("pre").all_inner_texts()
    assert any(command.endswith(f"{stack.base_url.rstrip('/')}{route}") for command in commands)
