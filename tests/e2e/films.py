"""Media made for the tests: bytes that are wrong in any other place."""

import os
import random
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import BinaryIO

LAB_FILM = "lab.mp4"
MEGABYTE = 1 << 20


@cache
def film(seed: int, size: int) -> bytes:
    """Make the same bytes each time; no two places and no two seeds look alike."""
    return random.Random(seed).randbytes(size)


def install(folder: Path, content: bytes | Callable[[BinaryIO], object], mtime: float | None = None) -> None:
    """Put a new film in the place of the lab's film by rename, readable by any user."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")
    with os.fdopen(handle, "wb") as file:
        if isinstance(content, bytes):
            file.write(content)
        else:
            content(file)
        os.fchmod(file.fileno(), 0o644)
    if mtime is not None:
        os.utime(name, (mtime, mtime))
    Path(name).replace(folder / LAB_FILM)
