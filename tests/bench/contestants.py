"""Who is measured: an address on loopback in a network namespace, and the processes behind it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

Measured = TypeVar("Measured")


@dataclass(frozen=True)
class Contestant:
    name: str
    namespace: int
    """A process that lives in the network namespace."""
    port: int
    path: str
    roots: tuple[int, ...]
    """The first process of each container, or the one process."""
    containers: tuple[str, ...] = ()
    """The ids of the containers; none of a process by itself."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}"


def inside(namespace: int, command: Sequence[str]) -> list[str]:
    """Run a command where that process's loopback is."""
    return ["nsenter", "--net", f"--target={namespace}", *command]


def in_turn(
    contestants: Iterable[Contestant], rounds: int, measure: Callable[[Contestant], Measured]
) -> dict[str, list[Measured]]:
    """Measure A B C, C B A, ...: what happens to the machine meanwhile happens to all of them.

    Back and forth: what one leaves behind, a log to be written to the disk, does not always hit the same one.
    """
    everyone = list(contestants)
    found: dict[str, list[Measured]] = {one.name: [] for one in everyone}
    for number in range(rounds):
        for one in reversed(everyone) if number % 2 else everyone:
            found[one.name].append(measure(one))
    return found
