"""The library in headless Chromium: found, watched, embedded, by everybody, and nothing is refused."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from tests.e2e.browser import Visit, moment, plays_on, seek, visiting
from tests.e2e.targets import Stack
from tests.e2e.targets.process import wait_until
from tests.slow_start import with_index_last

LONG_AGO = 1_600_000_000
EPISODES = 30
TRACK = "WEBVTT\n\n00:00.000 --> 00:14.000\nEverything has its time.\n"
PAGES = {
    "front": "/",
    "second page": "/?page=2",
    "search": "/?q=slow",
    "nothing": "/?q=nothing-of-it",
    "watch": "/watch/A-film.mp4",
    "slow": "/watch/Slow-start.mp4",
    "embed": "/embed/A-film.mp4",
}
SIZES = {"phone": (390, 844), "small phone": (320, 568), "desktop": (1280, 900)}
SHOWN = "track => Array.from(track.track.activeCues || []).map(cue => cue.text).join()"


def fill(folder: Path, sample: bytes) -> None:
    films = {f"Series/Episode {number}.mp4": sample for number in range(1, EPISODES + 1)}
    films |= {"A film.mp4": sample, "Slow start.mp4": with_index_last(sample)}
    for name, content in {**films, "A film.en.vtt": TRACK.encode()}.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        path.parent.chmod(0o755)
        path.chmod(0o644)
        os.utime(path, (LONG_AGO, LONG_AGO))


@pytest.fixture(scope="module", name="shelf")
def _shelf(
    request: pytest.FixtureRequest, target: Callable[[Path | None, dict[str, str]], Stack], sample: bytes
) -> Iterator[Stack]:
    if request.config.getoption("--base-url", default=None):
        pytest.skip("only a URL was given (--base-url): its media folder is out of reach")
    with tempfile.TemporaryDirectory(prefix="video-shelf-") as name:
        fill(Path(name), sample)
        yield target(Path(name), {})


@pytest.fixture(name="open_page")
def _open_page(chromium: Browser, shelf: Stack) -> Iterator[Callable[[str], Visit]]:
    visits = []

    def opened(path: str) -> Visit:
        visits.append(visiting(chromium, shelf.base_url + path))
        return visits[-1].__enter__()

    yield opened
    for visit in visits:
        visit.__exit__(None, None, None)


Open = Callable[[str], Visit]


def test_the_grid_leads_to_a_video_that_plays(open_page: Open) -> None:
    visit = open_page("/")
    visit.page.get_by_role("link", name="A film", exact=True).click()
    visit.page.wait_for_url("**/watch/A-film.mp4")
    plays_on(visit.video("player"))


def test_a_search_finds_and_can_be_taken_back(open_page: Open) -> None:
    visit = open_page("/")
    visit.page.get_by_role("searchbox").fill("EPISODE 30")
    visit.page.get_by_role("searchbox").press("Enter")
    visit.page.get_by_text("1 video for “EPISODE 30”").wait_for()
    assert visit.page.locator(".card h3").all_inner_texts() == ["Episode 30"]
    visit.page.get_by_role("link", name="Show all").click()
    visit.page.get_by_text(f"{EPISODES + 2} videos").wait_for()


def test_a_search_without_result_says_so(open_page: Open) -> None:
    assert open_page("/?q=nix").page.get_by_text("Nothing found.").is_visible()


def test_the_chosen_order_is_kept_from_page_to_page(open_page: Open) -> None:
    visit = open_page("/")
    visit.page.get_by_role("combobox").select_option("Smallest first")
    visit.page.get_by_role("button", name="Search").click()
    visit.page.get_by_role("link", name="Next").click()
    visit.page.get_by_text("page 2 of 2").wait_for()
    assert visit.page.get_by_role("combobox").input_value() == "size"


@pytest.mark.parametrize("player", ["", "?player=chunked"])
def test_a_seek_to_the_middle_and_the_end_lands_and_plays_on(open_page: Open, player: str) -> None:
    video = open_page(f"/watch/A-film.mp4{player}").video("player")
    plays_on(video)
    for target in (7.5, 14.0):
        seek(video, target)
        assert moment(video) == pytest.approx(target, abs=0.3)
        plays_on(video)


def test_the_other_player_is_a_link_away(open_page: Open) -> None:
    visit = open_page("/watch/A-film.mp4")
    visit.page.get_by_role("link", name="Chunked", exact=True).click()
    visit.page.wait_for_url("**player=chunked")
    plays_on(visit.video("player"))
    assert visit.partial("/chunked/A-film.mp4")


def test_a_video_whose_index_comes_last_plays_too(open_page: Open) -> None:
    visit = open_page("/watch/Slow-start.mp4")
    plays_on(visit.video("player"))
    assert visit.page.get_by_text("ffmpeg -i 'Slow start.mp4'").is_visible()


def test_the_words_of_a_track_are_shown(open_page: Open) -> None:
    visit = open_page("/watch/A-film.mp4")
    plays_on(visit.video("player"))
    track = visit.page.locator("track")
    wait_until(lambda: track.evaluate(SHOWN) == "Everything has its time.", 15, "the words of the track")


def test_what_is_to_be_copied_is_copied(open_page: Open, shelf: Stack) -> None:
    visit = open_page("/watch/A-film.mp4")
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.page.get_by_role("button", name="Copy: Direct").click()
    visit.page.get_by_text("Copied to the clipboard.").wait_for()
    assert visit.page.evaluate("navigator.clipboard.readText()") == f"{shelf.base_url}/videos/A-film.mp4"


def test_the_library_works_without_scripts(chromium: Browser, shelf: Stack) -> None:
    with visiting(chromium, shelf.base_url, java_script_enabled=False) as visit:
        visit.page.get_by_role("searchbox").fill("slow")
        visit.page.get_by_role("button", name="Search").click()
        visit.page.get_by_role("link", name="Slow start", exact=True).click()
        visit.page.wait_for_url("**/watch/Slow-start.mp4")
        assert visit.page.get_by_role("heading", name="Starts slowly").is_visible()
        assert not visit.page.get_by_role("button", name="Copy: Direct").is_visible()


def test_the_bare_player_plays_in_the_frame_of_another_origin(chromium: Browser, shelf: Stack) -> None:
    elsewhere = shelf.base_url.replace("127.0.0.1", "localhost")  # to a browser that is another origin
    with visiting(chromium, f"{elsewhere}/files/nothing") as visit:  # a line without a policy
        visit.page.set_content(f'<iframe src="{shelf.base_url}/embed/A-film.mp4"></iframe>')
        plays_on(visit.page.frame_locator("iframe").locator("video"))


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_page_is_shown_without_a_complaint(open_page: Open, path: str) -> None:
    visit = open_page(path)
    visit.page.wait_for_load_state("networkidle")
    assert visit.problems == []
    assert [response.url for response in visit.responses if response.status >= 400] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_nothing_keeps_anybody_from_using_a_page(open_page: Open, path: str, scheme: str) -> None:
    """As far as axe-core can tell: WCAG 2.2 A and AA, and its own best practices."""
    visit = open_page(path)
    visit.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    found = Axe().run(visit.page)
    assert [violation["id"] for violation in found.response["violations"]] == [], found.generate_report()


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_page_fits_the_window(open_page: Open, path: str, size: tuple[int, int]) -> None:
    visit = open_page(path)
    visit.page.set_viewport_size({"width": size[0], "height": size[1]})
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_the_keyboard_goes_past_the_head_to_the_content(open_page: Open) -> None:
    visit = open_page("/watch/A-film.mp4")
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate("document.activeElement.id") == "main"
