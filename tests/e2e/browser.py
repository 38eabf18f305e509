"""Headless Chromium, as the browser tests and the screenshot of the page use it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Locator, sync_playwright

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
