"""Searching and sorting the entries of a library: pure, and fast enough for 100,000 of them."""

import unicodedata
from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Literal, get_args

from service.library import Entry
from service.library.order import natural

Sort = Literal["name", "title", "modified", "size", "duration"]
SORTS: tuple[Sort, ...] = get_args(Sort)

PAGE_SIZE = 24
_KEPT_ORDERS = 32  # of the last searches: 4 bytes for each video that was found


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: all words of `text`; `page` counts from 1, and holds `limit` entries."""

    text: str = ""
    sort: Sort = "name"
    descending: bool = False
    page: int = 1
    limit: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Selection:
    """A page of what was found, and how much there is; there is always a first page."""

    entries: tuple[Entry, ...]
    total: int
    page: int
    pages: int


def fold(text: str) -> str:
    """Return `text` as it is compared: without case, accents and compatibility forms."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


Known = Callable[[Entry], float | None]
"""Says how long a video is, in seconds; None while nobody knows."""


class Shelf:
    """The entries of one version of a library, in their natural order, and the orders made of them so far.

    May be used from several threads. What depends on durations is made anew when `edition` changes.
    """

    def __init__(self, entries: Sequence[Entry], duration: Known) -> None:
        self.entries = tuple(entries)
        self._duration = duration
        self._texts = [fold(f"{entry.title}\n{entry.folder}") for entry in self.entries]
        self._orders: OrderedDict[Any, Sequence[int]] = OrderedDict()
        self._places = {entry.id: place for place, entry in enumerate(self.entries)}
        self._lock = Lock()

    def select(self, query: Query, edition: int = 0) -> Selection:
        """Find a page of entries; a page behind the last is empty."""
        found = self._found(query, edition if query.sort == "duration" else 0)
        first = (query.page - 1) * query.limit
        places = found[first : first + query.limit]
        pages = max(1, -(-len(found) // query.limit))
        return Selection(tuple(self.entries[place] for place in places), len(found), query.page, pages)

    def neighbours(self, entry_id: str) -> tuple[Entry | None, Entry | None]:
        """Return the entries before and behind one, None where there is none."""
        place = self._places.get(entry_id)
        if place is None:
            return None, None
        before = self.entries[place - 1] if place else None
        return before, self.entries[place + 1] if place + 1 < len(self.entries) else None

    def _found(self, query: Query, edition: int) -> Sequence[int]:
        order = self._kept(
            (query.sort, query.descending, edition), lambda: self._order(query.sort, query.descending)
        )
        words = tuple(sorted(set(fold(query.text).split())))
        if not words:
            return order
        key = (words, query.sort, query.descending, edition)
        return self._kept(key, lambda: self._matching(words, order))

    def _kept(self, key: tuple[object, ...], make: Callable[[], Sequence[int]]) -> Sequence[int]:
        with self._lock:  # so that of a hundred requests for a new order one makes it
            if key not in self._orders:
                self._orders[key] = array("I", make())
            self._orders.move_to_end(key)
            if len(self._orders) > _KEPT_ORDERS:
                self._orders.popitem(last=False)
            return self._orders[key]

    def _matching(self, words: Sequence[str], order: Sequence[int]) -> Sequence[int]:
        texts = self._texts
        for word in words:
            order = [place for place in order if word in texts[place]]
        return order

    def _order(self, sort: Sort, descending: bool) -> Sequence[int]:  # noqa: FBT001 - (of a query)
        places = range(len(self.entries))
        if sort == "name":
            return places[::-1] if descending else places
        keys = [self._key(sort, entry) for entry in self.entries]
        known = [place for place in places if keys[place] is not None]
        # what nobody knows comes last, whichever way
        unknown = [place for place in places if keys[place] is None]
        return sorted(known, key=keys.__getitem__, reverse=descending) + unknown

    def _key(self, sort: Sort, entry: Entry) -> Any:
        if sort == "title":
            return natural(fold(entry.title))
        return self._duration(entry) if sort == "duration" else getattr(entry, sort)
