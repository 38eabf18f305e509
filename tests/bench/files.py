"""The films: made of bytes that tell where they are, or of nothing (sparse), and an hour old."""

import os
import random
import time
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
AN_HOUR = 3600  # seconds; a file that changed just now may be served with more care
PEERS_NAME = "video.mp4"


@dataclass(frozen=True)
class File:
    name: str
    label: str
    size: int
    sparse: bool = False


SMALL = File("1m.mp4", "1 MiB", MIB)
MIDDLE = File("64m.mp4", "64 MiB", 64 * MIB)
LARGE = File("1g.mp4", "1 GiB", 1024 * MIB)
HUGE = File("64g.mp4", "64 GiB", 64 * 1024 * MIB, sparse=True)
ALL = (SMALL, MIDDLE, LARGE, HUGE)


class Library:
    """A folder with all of them, again where no service watches, and each alone, as peers know it."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.media = scratch / "media"
        self.unwatched = scratch / "unwatched"
        scratch.chmod(0o755)
        for folder in (self.media, self.unwatched, *(self.alone(file) for file in ALL)):
            folder.mkdir(parents=True, mode=0o755)
        for file in ALL:
            _make(self.path(file), file)
            os.link(self.path(file), self.unwatched / file.name)
            os.link(self.path(file), self.alone(file) / PEERS_NAME)

    def path(self, file: File) -> Path:
        return self.media / file.name

    def alone(self, file: File) -> Path:
        """The folder in which the file is the only one."""
        return self.scratch / "alone" / file.label.replace(" ", "") / "files"


def _make(path: Path, file: File) -> None:
    block = random.Random(file.size).randbytes(MIB - 8)
    with path.open("wb") as output:
        if file.sparse:
            output.truncate(file.size)
        else:
            for number in range(file.size // MIB):
                output.write(number.to_bytes(8) + block)
    path.chmod(0o644)
    past = time.time() - AN_HOUR
    os.utime(path, (past, past))
