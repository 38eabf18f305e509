"""Take a screenshot of a page of a running service, with a frame in each player and every poster loaded.

python -m tests.e2e.screenshot http://127.0.0.1:8000 docs/page.png [--width 390] [--height 720] [--dark]
python -m tests.e2e.screenshot http://127.0.0.1:8000 docs/library.png --window
python -m tests.e2e.screenshot http://127.0.0.1:8000/watch/a-film.mp4 docs/watch.png --window --height 900
"""

from __future__ import annotations

import argparse
from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.browser import launched, seek

MOMENTS = {"direct": 4.2, "chunked": 9.6, "player": 4.2}
SETTLE_MS = 1500  # the controls show a spinner for a moment after a seek
SCROLL = """async () => {
    for (let top = 0; top < document.body.scrollHeight; top += 300) {
        window.scrollTo(0, top);
        await new Promise(later => setTimeout(later, 50));
    }
    window.scrollTo(0, 0);
}"""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.e2e.screenshot",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("url")
    parser.add_argument("file", type=Path)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=720)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument(
        "--window", action="store_true", help="only what the window shows, not the whole page"
    )
    return parser.parse_args()


def prepare(page: Page) -> None:
    """Load what is loaded lazily, and have every player show a frame."""
    page.evaluate(SCROLL)
    for player, moment in MOMENTS.items():
        if page.locator(f"video#{player}").count():
            seek(page.locator(f"video#{player}"), moment)
    page.wait_for_timeout(SETTLE_MS)


if __name__ == "__main__":
    given = arguments()
    with launched() as browser:
        shown = browser.new_page(color_scheme="dark" if given.dark else "light", reduced_motion="reduce")
        shown.set_viewport_size({"width": given.width, "height": given.height})
        shown.goto(given.url)
        prepare(shown)
        shown.screenshot(path=given.file, full_page=not given.window)
