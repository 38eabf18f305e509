"""The library with what is known of each video: what pages and programs look through."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from service.catalogue.facts_cache import FactsCache
from service.catalogue.query import Query, Shelf
from service.library import Entry, Library
from service.metadata.facts import Facts

_SHARE = 20  # times as long as it took, what was made of the library is used


@dataclass(frozen=True, slots=True)
class Video:
    """An entry and its facts."""

    entry: Entry
    facts: Facts


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was looked for: `total` videos on `pages` pages, of which there is at least one."""

    videos: Sequence[Video]
    total: int
    page: int
    pages: int


class Catalogue:
    """Searches `library`; what costs time is done in threads, once for each version of the library."""

    def __init__(self, library: Library, facts: FactsCache) -> None:
        self._library = library
        self._facts = facts
        self._shelf = Shelf((), facts.duration)
        self._version: str | None = None
        self._kept_until = 0.0
        self._making = asyncio.Lock()

    async def find(self, query: Query) -> Found:
        """Return the page of the library that `query` asks for."""
        shelf = await self._current()
        selection = await asyncio.to_thread(shelf.select, query, self._facts.edition)
        facts = await self._facts.of(selection.entries)
        videos = [Video(*pair) for pair in zip(selection.entries, facts, strict=True)]
        return Found(videos, selection.total, selection.page, selection.pages)

    async def video(self, entry_id: str) -> Video | None:
        """Return a video by its id, None when there is none."""
        entry = self._library.find(entry_id)
        return Video(entry, *await self._facts.of([entry])) if entry else None

    async def neighbours(self, entry: Entry) -> tuple[Entry | None, Entry | None]:
        """Return the entries before and behind this one."""
        return (await self._current()).neighbours(entry.id)

    @property
    def featured(self) -> Entry | None:
        """The video that has a route of its own."""
        return self._library.featured

    async def _current(self) -> Shelf:
        if self._outdated():
            async with self._making:
                if self._outdated():
                    await self._renew()
        return self._shelf

    def _outdated(self) -> bool:
        return self._library.version != self._version and time.monotonic() >= self._kept_until

    async def _renew(self) -> None:
        begun, version = time.monotonic(), self._library.version
        self._shelf = await asyncio.to_thread(Shelf, self._library.entries, self._facts.duration)
        self._version = version
        # a large library that changes all the time must not be sorted all the time
        self._kept_until = time.monotonic() + _SHARE * (time.monotonic() - begun)
