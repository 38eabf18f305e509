"""Reading off the event loop, and closing whatever happens."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service.delivery import disk as disk_module
from service.delivery.disk import BLOCK_SIZE, Disk, read_cached
from service.errors import MediaChangedError
from service.library import MediaFile
from service.semantics.ranges import ByteRange

CONTENT = bytes(range(256)) * 4096  # eight blocks


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture(name="disk")
async def _disk() -> AsyncIterator[Disk]:
    disk = Disk()
    yield disk
    disk.close()


@pytest.fixture(params=["cached", "cold"])
def _cache(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test with it is run once with what the cache says and once as if it held nothing."""
    if request.param == "cold":
        monkeypatch.setattr(disk_module, "read_cached", lambda *_: None)


@pytest.mark.usefixtures("_cache")
async def test_blocks_are_the_bytes_of_the_body_and_bounded(disk: Disk, path: Path) -> None:
    body = (b"head", ByteRange(5, len(CONTENT) - 7), b"tail")
    with MediaFile.open(path) as file:
        blocks = [block async for block in disk.blocks(file, body)]
    assert b"".join(blocks) == b"head" + CONTENT[5:-6] + b"tail"
    assert max(map(len, blocks)) == BLOCK_SIZE


@pytest.mark.usefixtures("_cache")
async def test_a_file_cut_while_it_is_sent_ends_in_an_error(disk: Disk, path: Path) -> None:
    with MediaFile.open(path) as file:
        blocks = disk.blocks(file, (ByteRange(0, len(CONTENT) - 1),))
        await anext(blocks)
        os.truncate(path, BLOCK_SIZE)
        with pytest.raises(MediaChangedError, match="cut"):
            await anext(blocks)


async def test_a_file_rewritten_while_it_is_sent_ends_in_an_error(disk: Disk, path: Path) -> None:
    with MediaFile.open(path) as file:
        blocks = disk.blocks(file, (ByteRange(0, len(CONTENT) - 1),))
        await anext(blocks)
        path.write_bytes(CONTENT[::-1])
        with pytest.raises(MediaChangedError, match="in place"):
            await anext(blocks)


@pytest.mark.skipif(not hasattr(os, "RWF_NOWAIT"), reason="this system cannot read without waiting")
def test_what_the_cache_holds_is_read_at_once(path: Path) -> None:
    with MediaFile.open(path) as file:
        os.pread(file.fd, len(CONTENT), 0)  # now it is in the cache
        assert read_cached(file.fd, 10, 3) in {CONTENT[3:13], None}  # None: a file system that cannot tell


def test_a_system_that_cannot_tell_reads_in_a_thread(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_module, "_NOWAIT", None)
    with MediaFile.open(path) as file:
        assert read_cached(file.fd, 10, 0) is None


async def test_a_file_opened_for_nobody_is_closed(disk: Disk, path: Path) -> None:
    """The client left while the thread was opening: nobody else will close what it opens."""
    started, proceed, opened = threading.Event(), threading.Event(), []

    def open_slowly() -> MediaFile:
        started.set()
        proceed.wait()
        opened.append(MediaFile.open(path))
        return opened[0]

    task = asyncio.create_task(disk.open(open_slowly))
    await asyncio.to_thread(started.wait)
    task.cancel()
    await asyncio.wait([task])
    proceed.set()
    await _until(lambda: bool(opened))
    await _until(lambda: not os.path.exists(f"/proc/self/fd/{opened[0].fd}"))


async def _until(condition: object) -> None:
    assert callable(condition)
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)
