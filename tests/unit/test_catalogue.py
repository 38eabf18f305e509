"""The catalogue follows the library, but does not sort a large one all the time."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import patch

import pytest

from service.catalogue import catalogue as module
from service.catalogue.catalogue import Catalogue
from service.catalogue.facts_cache import FactsCache
from service.catalogue.query import Query, Shelf
from service.library import Library

LONG_AGO = 1_600_000_000  # what was just written is not offered yet


@pytest.fixture(name="library")
def _library(tmp_path: Path) -> Library:
    library = Library(tmp_path)
    add(library, tmp_path / "a.mp4")
    return library


@pytest.fixture(name="catalogue")
async def _catalogue(library: Library) -> AsyncIterator[Catalogue]:
    facts = FactsCache(library)
    yield Catalogue(library, facts)
    await facts.stop()


async def total(catalogue: Catalogue) -> int:
    return (await catalogue.find(Query())).total


def add(library: Library, path: Path) -> None:
    path.write_bytes(b"x")
    os.utime(path, (LONG_AGO, LONG_AGO))
    library.refresh()


async def test_a_new_video_is_found_at_once_in_a_small_library(
    catalogue: Catalogue, library: Library, tmp_path: Path
) -> None:
    assert await total(catalogue) == 1
    add(library, tmp_path / "b.mp4")
    async with asyncio.timeout(5):
        while await total(catalogue) == 1:
            await asyncio.sleep(0.01)


async def test_what_took_long_to_make_is_used_for_long(
    catalogue: Catalogue, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SHARE", 10**9)
    assert await total(catalogue) == 1
    add(library, tmp_path / "b.mp4")
    assert await total(catalogue) == 1


async def test_of_a_hundred_requests_one_makes_the_order(catalogue: Catalogue) -> None:
    with patch.object(module, "Shelf", side_effect=Shelf) as made:
        await asyncio.gather(*(total(catalogue) for _ in range(100)))
    assert made.call_count == 1
