"""The videos of a folder and what lies beside them, kept current while the folder changes.

Nothing of a request ever becomes part of a path: what is asked for is looked up among what was found.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from service.errors import MediaError, MediaNotFoundError
from service.library.catalog import Catalog
from service.library.entry import Entry, File
from service.library.files import MediaFile
from service.library.index import Index
from service.library.upkeep import Upkeep
from service.media_types import MEDIA_TYPES, VIDEO_TYPES

STATES = ("loading", "ready", "unreadable", "stalled")

_START = 3.0  # seconds that the start waits for the first scan
_STOP = 1.0  # seconds that the end waits for a scan
_STALLED = 10.0  # seconds without progress of a scan
_TRIES = 100  # entries that are tried when those before them are gone


class Library:
    """The folder `root`; `featured` names a video in it, or is empty for the first.

    All of it is scanned again every `rescan_interval` seconds, 0 for never. What opens files blocks, and runs
    in a thread.
    """

    def __init__(self, root: Path, featured: str = "", rescan_interval: int = 60) -> None:
        self._root = root
        self._featured = featured
        self._chosen = ""
        self._index = Index()
        self._catalog = Catalog(root, self._publish)
        self._upkeep = Upkeep(self._catalog, rescan_interval)

    async def start(self) -> None:
        """Begin to index, and wait until that is done, but for a few seconds only."""
        self._upkeep.start()
        await asyncio.wait([asyncio.wrap_future(self._upkeep.loaded)], timeout=_START)

    async def stop(self) -> None:
        """Stop; a scan that hangs is not waited for."""
        ended = [asyncio.wrap_future(future) for future in self._upkeep.stop()]
        await asyncio.wait(ended, timeout=_STOP)

    def refresh(self) -> None:
        """Scan everything now, in this thread; for who has not started it."""
        self._catalog.refresh()

    @property
    def state(self) -> str:
        """`loading`, `ready`, `unreadable` (see `reason`), or `stalled`, when a scan gets no further."""
        progressed_at = self._catalog.progressed_at
        if progressed_at is not None and time.monotonic() - progressed_at > _STALLED:
            return "stalled"
        if self._catalog.failure:
            return "unreadable"
        return "ready" if self._catalog.scanned_at else "loading"

    @property
    def reason(self) -> str:
        """Why the state is not `ready`, for the log: it names the folder."""
        return {
            "loading": f"the media folder {self._root} is still being read",
            "ready": "",
            "stalled": f"the media folder {self._root} does not answer",
            "unreadable": f"the media folder {self._root} cannot be read: {self._catalog.failure}",
        }[self.state]

    @property
    def entries(self) -> Sequence[Entry]:
        """The videos, in natural order: the files of a folder, then its folders."""
        return self._index.entries

    @property
    def version(self) -> str:
        """What changes whenever the entries do: fit for an entity-tag, the same on all replicas."""
        return self._index.version

    @property
    def ignored(self) -> Mapping[str, int]:
        """How many files are not offered as videos, by reason (`scan.REASONS`)."""
        return self._catalog.ignored

    @property
    def scan_seconds(self) -> float:
        """How long the last scan of everything took."""
        return self._catalog.scan_seconds

    @property
    def scanned_at(self) -> float:
        """When that was over, in seconds since the epoch; 0 before the first one."""
        return self._catalog.scanned_at

    @property
    def is_loaded(self) -> bool:
        """Whether it is known what there is: before, what is not found may well be there."""
        return self.scanned_at > 0

    @property
    def featured(self) -> Entry | None:
        """The featured video, None while there is none."""
        return self._index.files.get(self._featured or self._chosen)

    def find(self, identity: str) -> Entry | None:
        """Return the video with this id."""
        return self._index.by_id.get(identity)

    def find_file(self, path: str) -> File | None:
        """Return the video, the track, the picture or the piece with this path below the root."""
        if path not in self._index.files:
            return None
        ending = "." + path.rpartition(".")[2].lower()
        return File(path, MEDIA_TYPES[ending])

    def open(self, entry: Entry) -> MediaFile:
        """Open a video, or raise MediaNotFoundError or MediaError."""
        return self._open(entry.file)

    def open_file(self, file: File) -> MediaFile:
        """Open what `find_file` has returned, or raise MediaNotFoundError or MediaError."""
        return self._open(file.file)

    def open_featured(self) -> MediaFile:
        """Open the featured video as it is on the disk now, or raise MediaNotFoundError or MediaError."""
        if self._featured:
            return self._open(self._featured)
        if self._chosen:
            with contextlib.suppress(MediaNotFoundError):
                return self._open(self._chosen)
        for entry in islice(self._index.entries, _TRIES):  # some may be gone since they were found
            with contextlib.suppress(MediaNotFoundError):
                file = self._open(entry.file)
                self._chosen = entry.file
                return file
        if self.state != "ready":
            raise MediaError(self.reason)
        endings = ", ".join(VIDEO_TYPES)
        raise MediaNotFoundError(f"the media folder {self._root} holds no video ({endings})")

    def probe(self) -> None:
        """Open a video, and close it again; raise MediaError when none of those that there are can be opened.

        Where there is none, the folder itself is looked at: an empty one is no fault.
        """
        self._list()
        missing = None
        for entry in islice(self._index.entries, _TRIES):
            try:
                self._open(entry.file).close()
            except MediaNotFoundError as error:
                missing = error
            else:
                return
        if missing:
            raise missing

    def check(self) -> None:
        """Raise MediaError when the folder cannot be read, or the video that was named not opened."""
        self._list()
        if self._featured:
            self._open(self._featured).close()

    def _list(self) -> None:
        try:
            os.scandir(self._root).close()
        except OSError as error:
            raise MediaError(f"the media folder {self._root} cannot be read: {error.strerror}") from error

    def _open(self, file: str) -> MediaFile:
        return MediaFile.open(self._root / file, below=os.path.realpath(self._root))

    def _publish(self, index: Index) -> None:
        # a file that comes later does not take the place of the one that was chosen
        if self._chosen not in index.files:
            self._chosen = index.entries[0].file if index.entries else ""
        self._index = index
