"""Files that were left alone since long ago."""

import os
from pathlib import Path

LONG_AGO = 1_700_000_000


def film(path: Path, content: bytes = b"film", modified: int = LONG_AGO) -> Path:
    """Write a file, and the folders that it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (modified, modified))
    return path
