"""Headless Chromium, as the browser tests and the screenshot of the page use it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, sync_playwright

from tests.e2e.targets.process import wait_until

COMMANDS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--no-first-run",
    "--disable-gpu",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--autoplay-policy=no-user-gesture-required",
]
SEEK = """(video, moment) => new Promise((resolve, reject) => {
    const seek = () => {
        video.addEventListener("seeked", resolve, {once: true});
        video.currentTime = moment;
    };
    setTimeout(() => reject(new Error(`no seek to ${moment} in 15 s`)), 15000);
    video.addEventListener("error", () => reject(new Error(video.error.message)), {once: true});
    if (video.readyState > 0) return seek();
    video.addEventListener("loadedmetadata", seek, {once: true});
    video.preload = "auto";  // a player that loads nothing by itself
})"""


def installed() -> str | None:
    """Return the path of a Chromium that can play H.264; the ones Playwright downloads cannot."""
    return next(filter(None, map(shutil.which, COMMANDS)), None)


@contextmanager
def launched() -> Iterator[Browser]:
    """Run a headless Chromium for as long as the block takes."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def seek(video: Locator, moment: float) -> None:
    """Seek, and come back when the frame of that moment is there."""
    video.evaluate(SEEK, moment)


@dataclass
class Visit:
    """An open page, and what was seen of it from outside."""

    page: Page
    problems: list[str] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(message.text)

    def see(self, response: Response) -> None:
        self.responses.append(response)

    def video(self, name: str) -> Locator:
        return self.page.locator(f"video#{name}")

    def partial(self, path: str) -> list[Response]:
        return [r for r in self.responses if r.url.endswith(path) and r.status == 206]


@contextmanager
def visiting(browser: Browser, url: str, **context: Any) -> Iterator[Visit]:
    """Open a page in a context of its own."""
    page = browser.new_page(**context)
    visit = Visit(page)
    page.on("console", visit.hear)
    page.on("pageerror", lambda error: visit.problems.append(str(error)))
    page.on("response", visit.see)
    page.goto(url)
    try:
        yield visit
    finally:
        page.close()


def moment(video: Locator) -> float:
    return float(video.evaluate("video => video.currentTime"))


def plays_on(video: Locator) -> None:
    """Let the video play until half a second of it has passed."""
    begin = moment(video)
    video.evaluate("video => video.play()")
    wait_until(lambda: moment(video) > begin + 0.5, 15, f"playing on from {begin} s")
