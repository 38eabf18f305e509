"""Opening a file as a representation. It blocks, and runs in a thread."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from service.errors import MediaChangedError, MediaError, MediaNotFoundError
from service.library.folder import is_below
from service.media_types import media_type
from service.semantics.etags import EntityTag
from service.semantics.plan import Representation

# Not blocking: to open a FIFO that somebody put into the folder must not wait for its writer.
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0)


@dataclass(slots=True)
class MediaFile:
    """An open file and the representation it is; close it, or use it in a with statement.

    The representation is read from the open file, so headers and bytes belong together whatever happens to
    the name meanwhile.
    """

    fd: int
    path: Path
    representation: Representation
    _opened: tuple[int, int]
    _closed: bool = False

    @classmethod
    def open(cls, path: Path, *, below: str | None = None) -> "MediaFile":
        """Open a regular file of a known type, or raise MediaNotFoundError or MediaError.

        Where it is looked up only once it is open, so no link that is put there meanwhile leads to a file
        that is not `below` this real path.
        """
        content_type = media_type(path.name)
        if content_type is None:
            raise MediaNotFoundError(f"{path.name} is not of a type that is served")
        try:
            fd = os.open(path, _FLAGS)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise MediaNotFoundError(f"there is no file {path}") from error
        except OSError as error:
            raise MediaError(f"{path} cannot be opened: {error.strerror}") from error
        if below is not None and not is_below(_real_path(fd, path), below):
            os.close(fd)
            raise MediaNotFoundError(f"{path} leads out of the media folder")
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
        return cls(fd, path, representation, (status.st_mtime_ns, status.st_size))

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


def _real_path(fd: int, path: Path) -> str:
    try:
        return str(Path(f"/proc/self/fd/{fd}").readlink())
    except OSError:  # not Linux
        return os.path.realpath(path)


def entity_tag(modified: int, size: int) -> EntityTag:
    """Return nginx's strong entity-tag: both lanes and all replicas agree on a file's validator."""
    return EntityTag(f'"{modified:x}-{size:x}"')
