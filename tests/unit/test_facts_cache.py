"""The facts of videos: read once, off the loop, within bounds, and never at the cost of an answer."""

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import patch

import pytest

from service.catalogue import facts_cache
from service.catalogue.facts_cache import FactsCache
from service.errors import MediaError
from service.library import Entry, Library
from service.metadata.facts import NOTHING, Facts
from service.settings import SAMPLE_FOLDER

SAMPLE = (SAMPLE_FOLDER / "sample.mp4").read_bytes()
LONG_AGO = 1_600_000_000


def put(root: Path, name: str, content: bytes = SAMPLE, modified: int = LONG_AGO) -> None:
    (root / name).write_bytes(content)
    os.utime(root / name, (modified, modified))


@pytest.fixture(name="library")
def _library(tmp_path: Path) -> Library:
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        put(tmp_path, name)
    library = Library(tmp_path)
    library.refresh()
    return library


@pytest.fixture(name="cache")
async def _cache(library: Library) -> AsyncIterator[FactsCache]:
    cache = FactsCache(library, pause=0)
    yield cache
    await cache.stop()


async def test_what_the_file_says(cache: FactsCache, library: Library) -> None:
    (facts,) = await cache.of(library.entries[:1], within=10)
    assert (facts.duration, facts.width, facts.height, facts.faststart) == (15.0, 640, 360, True)


async def test_a_file_is_read_once(cache: FactsCache, library: Library) -> None:
    with patch.object(facts_cache, "read_facts", return_value=Facts(1.0)) as read:
        for _ in range(3):
            await cache.of(library.entries, within=10)
    assert read.call_count == 3


async def test_a_hundred_at_once_are_read_once(cache: FactsCache, library: Library) -> None:
    with patch.object(facts_cache, "read_facts", return_value=Facts(1.0)) as read:
        await asyncio.gather(*(cache.of(library.entries[:1], within=10) for _ in range(100)))
    assert read.call_count == 1


async def test_another_version_of_a_file_is_read_anew(
    cache: FactsCache, library: Library, tmp_path: Path
) -> None:
    await cache.of(library.entries, within=10)
    put(tmp_path, "a.mp4", b"not a video at all", LONG_AGO + 1)
    library.refresh()
    assert await cache.of(library.entries[:1], within=10) == [NOTHING]


@pytest.mark.parametrize("error", [MediaError("no"), OSError("no"), RuntimeError("a defect")])
async def test_a_reading_that_fails_gives_nothing(
    cache: FactsCache, library: Library, error: Exception
) -> None:
    with patch.object(library, "open", side_effect=error):
        assert await cache.of(library.entries, within=10) == [NOTHING] * 3


async def test_a_reading_that_failed_is_tried_again(cache: FactsCache, library: Library) -> None:
    with patch.object(library, "open", side_effect=MediaError("no")):
        await cache.of(library.entries, within=10)
    assert (await cache.of(library.entries[:1], within=10))[0].duration == 15.0


async def test_a_disk_that_hangs_holds_up_nobody(cache: FactsCache, library: Library) -> None:
    answers = threading.Event()
    with patch.object(library, "open", side_effect=lambda _: answers.wait(5) or None):
        begin = time.monotonic()
        assert await cache.of(library.entries, within=0.05) == [NOTHING] * 3
        assert time.monotonic() - begin < 2
        answers.set()


async def test_a_thousand_requests_to_a_disk_that_hangs_leave_a_task_a_file(
    cache: FactsCache, library: Library
) -> None:
    answers = threading.Event()
    with patch.object(library, "open", side_effect=lambda _: answers.wait(5) or None):
        await asyncio.gather(*(cache.of(library.entries, within=0.01) for _ in range(1000)))
        waiting = len(asyncio.all_tasks()) - 1
        answers.set()
    assert waiting == 3


async def test_no_more_is_kept_than_was_allowed_and_the_last_used_stays(library: Library) -> None:
    cache = FactsCache(library, capacity=2, pause=0)
    first, second, third = library.entries
    for wanted in (first, second, first, third):
        await cache.of([wanted], within=10)
    assert [cache.known(entry) is not None for entry in (first, second, third)] == [True, False, True]
    await cache.stop()


async def test_a_pass_fills_in_everything_and_forgets_what_is_gone(
    cache: FactsCache, library: Library, tmp_path: Path
) -> None:
    await cache.fill()
    gone: Entry = library.entries[0]
    assert all(cache.known(entry) for entry in library.entries)
    (tmp_path / "a.mp4").unlink()
    library.refresh()
    await cache.fill()
    assert cache.known(gone) is None
    assert cache.edition == 2


async def test_slow_starts_are_counted_as_they_come_and_go(
    cache: FactsCache, library: Library, tmp_path: Path
) -> None:
    with patch.object(facts_cache, "read_facts", return_value=Facts(faststart=False)):
        await cache.fill()
    assert cache.slow_starts == 3
    put(tmp_path, "a.mp4", SAMPLE, LONG_AGO + 1)
    (tmp_path / "b.mp4").unlink()
    library.refresh()
    await cache.fill()
    assert cache.slow_starts == 1


async def test_a_new_version_of_the_library_is_filled_in_by_itself(
    cache: FactsCache, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts_cache, "_LOOK_EVERY", 0.01)
    await cache.start()
    put(tmp_path, "d.mp4")
    library.refresh()
    (new,) = [entry for entry in library.entries if entry.file == "d.mp4"]
    async with asyncio.timeout(10):
        while cache.known(new) is None:
            await asyncio.sleep(0.01)
