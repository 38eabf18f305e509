"""The files: which one is featured, and opening one as a representation.

Nothing of a request ever becomes part of a path. Everything here blocks, and runs in a thread.
"""

import contextlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from service.errors import MediaChangedError, MediaError, MediaNotFoundError
from service.media_types import VIDEO_TYPES, is_video, media_type
from service.semantics.etags import EntityTag
from service.semantics.plan import Representation

# Not blocking: to open a FIFO that somebody put into the folder must not wait for its writer.
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0)


@dataclass(slots=True)
class MediaFile:
    """An open file and the representation it is; close it, or use it in a with statement.

    `version` tells files apart that were written at different times, also within one second. The
    representation is read from the open file, so headers and bytes belong together whatever happens to
    the name meanwhile.
    """

    fd: int
    path: Path
    representation: Representation
    version: str
    _opened: tuple[int, int]
    _closed: bool = False

    @classmethod
    def open(cls, path: Path) -> "MediaFile":
        """Open a regular file of a known type, or raise MediaNotFoundError or MediaError."""
        content_type = media_type(path.name)
        if content_type is None:
            raise MediaNotFoundError(f"{path.name} is not of a type that is served")
        try:
            fd = os.open(path, _FLAGS)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise MediaNotFoundError(f"there is no file {path}") from error
        except OSError as error:
            raise MediaError(f"{path} cannot be opened: {error.strerror}") from error
        return cls._from_descriptor(fd, path, content_type)

    @classmethod
    def _from_descriptor(cls, fd: int, path: Path, content_type: str) -> "MediaFile":
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            os.close(fd)
            raise MediaNotFoundError(f"{path} is not a regular file")
        modified = int(status.st_mtime)
        representation = Representation(
            status.st_size, entity_tag(modified, status.st_size), modified, content_type
        )
        version = f"{status.st_ino:x}-{status.st_mtime_ns:x}-{status.st_size:x}"
        return cls(fd, path, representation, version, (status.st_mtime_ns, status.st_size))

    def check_unchanged(self) -> None:
        """Raise MediaChangedError when the file was written to, or cut, since it was opened."""
        status = os.fstat(self.fd)
        if (status.st_mtime_ns, status.st_size) != self._opened:
            raise MediaChangedError("the file was changed in place while it was sent")

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        if not self._closed:
            self._closed = True
            os.close(self.fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Library:
    """The videos of a folder; `featured` names one of them, or is empty for the first by name."""

    def __init__(self, root: Path, featured: str = "") -> None:
        self._root = root
        self._featured = featured
        self._chosen: str | None = None

    def open_featured(self) -> MediaFile:
        """Open the featured video, or raise MediaNotFoundError or MediaError."""
        if self._featured:
            return MediaFile.open(self._root / self._featured)
        if self._chosen:
            # a file that comes later does not take the place of the one that was chosen
            with contextlib.suppress(MediaNotFoundError):
                return MediaFile.open(self._root / self._chosen)
        self._chosen = self._first()
        return MediaFile.open(self._root / self._chosen)

    def _first(self) -> str:
        try:
            names = [path.name for path in self._root.iterdir() if _is_visible_video(path)]
        except OSError as error:
            raise MediaError(f"the media folder {self._root} cannot be read: {error.strerror}") from error
        if not names:
            endings = ", ".join(VIDEO_TYPES)
            raise MediaNotFoundError(f"the media folder {self._root} holds no video ({endings})")
        return min(names)


def _is_visible_video(path: Path) -> bool:
    # (unlike Path.is_file, this raises nothing, whatever a link leads to)
    return is_video(path.name) and path.name[0] != "." and os.path.isfile(path)  # noqa: PTH113


def entity_tag(modified: int, size: int) -> EntityTag:
    """Return nginx's strong entity-tag: both lanes and all replicas agree on a file's validator."""
    return EntityTag(f'"{modified:x}-{size:x}"')
