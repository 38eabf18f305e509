"""What is offered, looked up by id and by path. Never changed: an update makes another index."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from service.library.entry import Entry
from service.library.ids import settle
from service.library.layers import Layers
from service.library.order import natural_path
from service.library.scan import Folder
from service.library.tree import Change

_FEW = 200
"""Changed folders up to which they are put into their places one by one, instead of sorting all anew."""


@dataclass(frozen=True, slots=True)
class Index:
    """The entries in natural order, and where to find them."""

    entries: Sequence[Entry] = ()
    by_id: Layers[Entry] = field(default_factory=Layers)
    files: Layers[Entry | None] = field(default_factory=Layers)
    """Every path that may be asked for; the entry of those that are videos."""
    claims: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    """By plain id those who claim it, where there are several; each still with its plain id."""
    total: int = 0

    @property
    def version(self) -> str:
        """What changes whenever the entries do; for the same entries it is the same on every machine."""
        return f"{self.total:032x}"

    def updated(self, changes: Iterable[Change], folders: Iterable[Folder]) -> "Index":
        """Return the index after `changes`; `folders` are all that there are then."""
        net = _net(changes)
        draft = _Draft(self, dict(self.claims), self.total)
        draft.apply(net.values())
        by_id = self.by_id.updated(draft.ids, draft.ids_gone)
        files = self.files.updated(draft.files, draft.files_gone)
        entries = self._spliced(net) if len(net) <= _FEW else _in_order(folders)
        if draft.claims or self.claims:
            entries = [files.get(entry.file) or entry for entry in entries]
        return Index(entries, by_id, files, draft.claims, draft.total)

    def _spliced(self, net: dict[str, Change]) -> list[Entry]:
        entries = list(self.entries)
        for path, (_, new) in net.items():
            key = natural_path(path)
            first, end = bisect_left(entries, key, key=_folder), bisect_right(entries, key, key=_folder)
            entries[first:end] = new.entries if new else ()
        return entries


def _net(changes: Iterable[Change]) -> dict[str, Change]:
    net: dict[str, Change] = {}
    for old, new in changes:
        for folder in (old or new,):
            if folder is not None:
                path = folder.place.path
                net[path] = (net[path][0] if path in net else old, new)
    return net


def _folder(entry: Entry) -> str:
    return natural_path(entry.folder)


def _in_order(folders: Iterable[Folder]) -> list[Entry]:
    ordered = sorted(folders, key=lambda folder: natural_path(folder.place.path))
    return list(chain.from_iterable(folder.entries for folder in ordered))


@dataclass(slots=True)
class _Draft:
    """What changes in the lookups; what goes makes room before anything comes."""

    index: Index
    claims: dict[str, tuple[Entry, ...]]
    total: int
    ids: dict[str, Entry] = field(default_factory=dict)
    ids_gone: list[str] = field(default_factory=list)
    files: dict[str, Entry | None] = field(default_factory=dict)
    files_gone: list[str] = field(default_factory=list)

    def apply(self, changes: Iterable[Change]) -> None:
        claimants: dict[str, dict[str, Entry]] = {}
        for old, new in changes:
            before, after = set(old.others if old else ()), set(new.others if new else ())
            self.files_gone += before - after
            self.files |= dict.fromkeys(after - before)
            self._claim(old.entries if old else (), new.entries if new else (), claimants)
            self.total += (new.digest if new else 0) - (old.digest if old else 0)
        for plain, entries in claimants.items():
            self._leave(plain)
            self._enter(plain, tuple(entries.values()))
        self.total %= 2**128

    def _claim(
        self, old: Iterable[Entry], new: Iterable[Entry], claimants: dict[str, dict[str, Entry]]
    ) -> None:
        before, after = ({id(entry): entry for entry in entries} for entries in (old, new))
        for key in before.keys() - after.keys():
            self._claimants(before[key].id, claimants).pop(before[key].file)
        for key, entry in after.items():
            if key in before:
                continue
            if self._present(entry.id) or entry.id in claimants:
                self._claimants(entry.id, claimants)[entry.file] = entry
            else:
                self._add(entry)

    def _claimants(self, plain: str, claimants: dict[str, dict[str, Entry]]) -> dict[str, Entry]:
        if plain not in claimants:
            claimants[plain] = {entry.file: entry for entry in self._present(plain)}
        return claimants[plain]

    def _present(self, plain: str) -> tuple[Entry, ...]:
        only = self.ids.get(plain) or self.index.by_id.get(plain)
        return self.claims.get(plain, () if only is None else (only,))

    def _leave(self, plain: str) -> None:
        for entry in _settled(self._present(plain)):
            self.ids_gone.append(entry.id)
            self.files_gone.append(entry.file)
            self.ids.pop(entry.id, None)
            if self.files.get(entry.file):
                del self.files[entry.file]  # (unless it is to be found there as something else now)
        self.claims.pop(plain, None)

    def _enter(self, plain: str, entries: tuple[Entry, ...]) -> None:
        for entry in _settled(entries):
            self._add(entry)
        if len(entries) > 1:
            self.claims[plain] = entries

    def _add(self, entry: Entry) -> None:
        self.ids[entry.id] = self.files[entry.file] = entry


def _settled(entries: tuple[Entry, ...]) -> Iterable[Entry]:
    if len(entries) < 2:
        return entries
    ids = settle(entry.file for entry in entries)
    return [replace(entry, id=ids[entry.file]) for entry in entries]
