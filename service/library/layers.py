"""A mapping that is never changed, of which the next version shares all but the latest changes."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, Generic, TypeVar

_LATEST = 1000
"""Changes that are kept apart: to copy 100,000 keys for each would hold up all threads for too long."""

_GONE: Any = object()

V = TypeVar("V")


class Layers(Generic[V]):
    """Keys that are looked up among the latest changes first, then among the rest."""

    __slots__ = ("_latest", "_rest")

    def __init__(self, rest: dict[str, V] | None = None, latest: dict[str, V] | None = None) -> None:
        self._rest: dict[str, V] = rest or {}
        self._latest: dict[str, V] = latest or {}

    def get(self, key: str) -> V | None:
        """Return the value, None when there is none."""
        found = self._latest.get(key)
        if found is None and key not in self._latest:
            return self._rest.get(key)
        return None if found is _GONE else found

    def __contains__(self, key: str) -> bool:
        return self._latest[key] is not _GONE if key in self._latest else key in self._rest

    def updated(self, come: Mapping[str, V], gone: Iterable[str]) -> "Layers[V]":
        """Return the mapping without what is gone, and then with what has come."""
        latest = {**self._latest, **dict.fromkeys(gone, _GONE), **come}
        if len(latest) <= _LATEST:
            return Layers(self._rest, latest)
        # (not by |, which is done in one go, while every other thread waits)
        rest = {key: value for key, value in chain(self._rest.items(), latest.items())}  # noqa: C416
        for key in [key for key, value in latest.items() if value is _GONE]:
            del rest[key]
        return Layers(rest)
