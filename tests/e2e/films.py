"""Media made for the tests: bytes that are wrong in any other place."""

import os
import random
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import BinaryIO

from tests.e2e.targets import Stack
from tests.e2e.targets.process import wait_until

LAB_FILM = "lab.mp4"
MEGABYTE = 1 << 20
SOME_TIME = 100  # seconds


@cache
def film(seed: int, size: int) -> bytes:
    """Make the same bytes each time; no two places and no two seeds look alike."""
    return random.Random(seed).randbytes(size)


def install(folder: Path, content: bytes | Callable[[BinaryIO], object], mtime: float | None = None) -> None:
    """Put a new film in the place of the lab's film by rename, readable by any user.

    By default it looks as if it had lain there for some time: what was just written is not nginx's to send.
    """
    handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")
    with os.fdopen(handle, "wb") as file:
        if isinstance(content, bytes):
            file.write(content)
        else:
            content(file)
        os.fchmod(file.fileno(), 0o644)
    modified = time.time() - SOME_TIME if mtime is None else mtime
    os.utime(name, (modified, modified))
    Path(name).replace(folder / LAB_FILM)


def replace(stack: Stack, content: bytes | Callable[[BinaryIO], object], mtime: float | None = None) -> None:
    """Install a film, and wait until no file is sent from that was opened before."""
    assert stack.media
    install(stack.media, content, mtime)
    time.sleep(stack.file_reuse)


def install_and_wait(stack: Stack, content: bytes) -> None:
    """Install a film, and wait until nothing of what nginx knows is about another one."""
    assert stack.media
    install(stack.media, content)
    status = (stack.media / LAB_FILM).stat()
    tag = f'"{int(status.st_mtime):x}-{status.st_size:x}"'
    for path in ("/video.mp4", "/chunked_video.mp4"):
        wait_until(
            lambda path=path: stack.get(path, headers={"Range": "bytes=0-99"}).headers["ETag"] == tag,  # type: ignore[misc]
            stack.decision_lifetime + 2,
            f"the new film at {path}",
        )
    time.sleep(stack.decision_lifetime)  # (a file that was opened anew is no sign of a new decision)
    for path in ("/video.mp4", "/chunked_video.mp4"):
        stack.get(path, headers={"Range": "bytes=0-99"})
