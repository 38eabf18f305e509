"""Take a screenshot of a running service's page, both players showing a frame.

python -m tests.e2e.screenshot http://127.0.0.1:8000 docs/page.png [--width 390] [--dark]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.e2e.browser import launched, seek

MOMENTS = {"direct": 4.2, "chunked": 9.6}
SETTLE_MS = 1500  # the controls show a spinner for a moment after a seek


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.screenshot", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("file", type=Path)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--dark", action="store_true")
    return parser.parse_args()


def take(url: str, file: Path, *, width: int, dark: bool) -> None:
    with launched() as browser:
        page = browser.new_page(color_scheme="dark" if dark else "light")
        page.set_viewport_size({"width": width, "height": 720})
        page.goto(url)
        for player, moment in MOMENTS.items():
            seek(page.locator(f"video#{player}"), moment)
        page.wait_for_timeout(SETTLE_MS)
        page.screenshot(path=file, full_page=True)


if __name__ == "__main__":
    given = arguments()
    take(given.url, given.file, width=given.width, dark=given.dark)
