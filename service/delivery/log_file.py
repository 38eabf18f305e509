"""The delivery log as a file that one process appends to and one reads: whole lines, each of them once.

nginx appends (O_APPEND) and is never told anything; the reader alone says how far it has come, in a state
file beside the log, together with what it made of the lines. What is read is given back to the disk by
punching holes: the file's length goes on growing, the space that it takes does not, and no line that is being
written can get lost, as it could with truncation. Everything here blocks, and runs in a thread.
"""

import contextlib
import ctypes
import errno
import fcntl
import json
import os
from pathlib import Path
from typing import Any

import structlog

_log = structlog.get_logger("service.delivery_log")

_PUNCH_HOLE_KEEP_SIZE = 0x02 | 0x01  # FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE of linux/falloc.h
_PAGE = 4096
_TRIM = 256 * _PAGE  # bytes: read ones that may lie around


class LogFile:
    """The log at `path`, read from where a saved state says.

    Only one process at a time is its reader; another one (a replica, a successor) waits to become it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._state = path.with_name(path.name + ".state")
        self._lock: int | None = None
        self._fd: int | None = None
        self._position = 0
        self._trimmed = 0

    def acquire(self) -> Any | None:
        """Become the reader, and return what the last one saved; None while somebody else is the reader."""
        name = self._path.with_name(self._path.name + ".lock")
        lock = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        self._lock = lock
        try:
            return self._restore()
        except BaseException:
            self.close()  # or it would stand in its own way the next time
            raise

    def _restore(self) -> Any:
        try:
            saved = json.loads(self._state.read_text())
            self._open()
            if self._fd is not None and saved["inode"] == os.fstat(self._fd).st_ino:
                self._position = int(saved["position"])
            return saved["seen"] or []
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return []  # the first reader, or a state that a full disk has cut: begin anew

    def read(self, most: int) -> bytes:
        """Return the next whole lines, up to about `most` bytes of them; nothing when there are no more.

        They come again until `advance` is called.
        """
        if self._fd is None:
            self._open()
        if self._fd is None:
            return b""
        if os.fstat(self._fd).st_size < self._position:
            self._position = self._trimmed = 0  # somebody has truncated it
        found = os.pread(self._fd, most, self._position)
        if not found and self._replaced():
            self._close_file()
            return self.read(most)
        lines = found[: found.rfind(b"\n") + 1]
        # (no line is as long as all that: rubbish, to be skipped)
        return found if not lines and len(found) == most else lines

    def advance(self, size: int) -> None:
        """Go on behind the next `size` bytes: their lines have been counted."""
        self._position += size

    def save(self, seen: Any) -> None:
        """Note down `seen`, all that was made of the lines so far, and that they need not be read again."""
        inode = os.fstat(self._fd).st_ino if self._fd is not None else None
        text = json.dumps({"inode": inode, "position": self._position, "seen": seen})
        try:
            self._note_down(text)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            self._trim(at_least=_PAGE)  # the log itself has filled the disk: what was counted makes room
            self._note_down(text)
        self._trim()

    def _note_down(self, text: str) -> None:
        scratch = self._state.with_suffix(".new")
        scratch.write_text(text)
        scratch.replace(self._state)  # position and sums change together or not at all

    def unread(self) -> int:
        """Return how many bytes nobody has read yet."""
        return 0 if self._fd is None else max(0, os.fstat(self._fd).st_size - self._position)

    def disk_usage(self) -> int:
        """Return how many bytes the log takes up on its disk."""
        return 0 if self._fd is None else os.fstat(self._fd).st_blocks * 512

    def close(self) -> None:
        """Stop being the reader."""
        self._close_file()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _open(self) -> None:
        with contextlib.suppress(FileNotFoundError):  # nginx has not been there yet
            self._fd = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
            self._position = self._trimmed = 0

    def _close_file(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _replaced(self) -> bool:
        # rotated by somebody: what was left in the old one has been read
        try:
            return self._fd is not None and self._path.stat().st_ino != os.fstat(self._fd).st_ino
        except FileNotFoundError:
            return False

    def _trim(self, at_least: int = _TRIM) -> None:
        end = self._position - self._position % _PAGE
        if self._fd is not None and end - self._trimmed >= at_least:
            try:
                punch_hole(self._fd, self._trimmed, end - self._trimmed)
            except (OSError, AttributeError) as error:  # not Linux, or a file system without holes
                _log.warning("the delivery log cannot be trimmed and will grow", reason=str(error))
            self._trimmed = end


def punch_hole(fd: int, offset: int, length: int) -> None:
    """Give `length` bytes from `offset` on back to the disk; from then on they are zeros (fallocate(2))."""
    libc = ctypes.CDLL(None, use_errno=True)
    done = libc.fallocate(fd, _PUNCH_HOLE_KEEP_SIZE, ctypes.c_int64(offset), ctypes.c_int64(length))
    if done != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
