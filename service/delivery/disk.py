"""Opening and reading media files without ever making the event loop wait for a disk."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from service.errors import MediaChangedError
from service.library import MediaFile
from service.semantics.multipart import Body

BLOCK_SIZE = 128 * 1024
"""Bytes read and sent at a time: large enough to be fast, small enough to bound a viewer's memory."""

_THREADS = 16
_NOWAIT: int | None = getattr(os, "RWF_NOWAIT", None)  # Linux

T = TypeVar("T")


class Disk:
    """Threads for what may block; the media have their own, so that a hung mount holds up nothing else."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="disk")

    async def open(self, opener: Callable[[], MediaFile]) -> MediaFile:
        """Open in a thread; when the caller is cancelled meanwhile, what was opened is closed again."""
        opening = self._threads.submit(opener)
        try:
            return await asyncio.wrap_future(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_opened)
            raise

    async def run(self, function: Callable[[], T]) -> T:
        """Call `function` in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function)

    async def read(self, file: MediaFile, length: int, offset: int) -> bytes:
        """Read up to `length` bytes: at once when they are in the page cache, else in a thread.

        Raise MediaChangedError when the file is not what it was when it was opened.
        """
        block = read_cached(file.fd, length, offset)
        if block is None:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, _read, file, length, offset)
        return _checked(file, block)

    async def blocks(self, file: MediaFile, body: Body) -> AsyncIterator[bytes]:
        """Yield `body` with the ranges read from `file`, or raise MediaChangedError when it was rewritten."""
        for piece in body:
            if isinstance(piece, bytes):
                yield piece
                continue
            offset = piece.first
            while offset <= piece.last:
                block = await self.read(file, min(BLOCK_SIZE, piece.last + 1 - offset), offset)
                offset += len(block)
                yield block

    def close(self) -> None:
        """Let the threads go; one that hangs on a mount is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def read_cached(fd: int, length: int, offset: int) -> bytes | None:
    """Read what the page cache holds; None when that would have to wait, or cannot be told."""
    if _NOWAIT is None:
        return None
    buffer = bytearray(length)
    try:
        count = os.preadv(fd, [buffer], offset, _NOWAIT)
    except OSError:
        return None  # EAGAIN, EOPNOTSUPP; a true error comes again from the thread
    return bytes(memoryview(buffer)[:count])


def _read(file: MediaFile, length: int, offset: int) -> bytes:
    return _checked(file, os.pread(file.fd, length, offset))


def _checked(file: MediaFile, block: bytes) -> bytes:
    if not block:
        raise MediaChangedError("the file was cut while it was sent")
    file.check_unchanged()
    return block


def _close_opened(opening: Future[MediaFile]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
