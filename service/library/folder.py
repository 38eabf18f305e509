"""What is known of one folder."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from service.library.entry import Entry


@dataclass(frozen=True, slots=True)
class Place:
    """Where a folder is: its path below the root, and the real one.

    `link`: one had to be followed; `pieces`: it is below a folder with a playlist of HLS or DASH.
    """

    path: str
    real: str
    link: bool = False
    pieces: bool = False

    def file(self, name: str) -> str:
        """Return the path below the root of a file in it."""
        return f"{self.path}/{name}" if self.path else name


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that was modified a moment ago; `until` is a time of the monotonic clock."""

    size: int
    modified: int
    until: float


@dataclass(slots=True)
class Folder:
    """What a scan of one folder found; `modified` is the folder's own time in nanoseconds, 0 if too fresh."""

    place: Place
    pieces: bool = False
    """Its files belong to HLS or DASH, and are no videos of their own."""
    inode: int = 0
    modified: int = 0
    entries: tuple[Entry, ...] = ()
    """The videos in natural order, each with its plain id."""
    others: tuple[str, ...] = ()
    """The paths of what else may be asked for."""
    folders: tuple[Place, ...] = ()
    digest: int = 0
    """The sum of the entries' digests."""
    waiting: dict[str, Waiting] = field(default_factory=dict)
    ignored: Counter[str] = field(default_factory=Counter)


def digest_of(entries: Iterable[Entry]) -> int:
    """Return what changes whenever the entries do; their ids follow from all files together."""
    return sum(
        int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest())
        for text in (f"{one.file}\0{one.size}\0{one.modified}\0{one.poster}\0{one.tracks}" for one in entries)
    )


def is_below(path: str, folder: str) -> bool:
    """Say whether a real path is that of a folder, or of something in or below it."""
    return path == folder or path.startswith(folder if folder.endswith("/") else folder + "/")
