"""How cost grows with the file and with the number of viewers."""

from dataclasses import dataclass, replace
from functools import partial

from tests.bench import load
from tests.bench.arena import DIRECT, RANGE, STATIC, Arena
from tests.bench.contestants import in_turn
from tests.bench.files import ALL, MIDDLE
from tests.bench.numbers import Series
from tests.bench.rows import CONNECTIONS

VIEWERS = (1, 16, 128, 1000)
CALM = 200  # questions a second when the first byte is looked at without other load


@dataclass(frozen=True)
class Step:
    """One size, or one number of connections."""

    label: str
    static: Series
    ours: Series
    static_first: Series | None = None
    ours_first: Series | None = None
    faults: int = 0


def by_size(arena: Arena) -> list[Step]:
    found = []
    for file in ALL:
        arena.show(file)
        step = _bursts(arena, file.label, CONNECTIONS, arena.pace.growth_burst)
        static, ours = _first_bytes(arena)
        found.append(replace(step, static_first=static, ours_first=ours))
    return found


def _first_bytes(arena: Arena) -> tuple[Series, Series]:
    path = arena.library.path(arena.file)
    ask = partial(load.first_bytes, path=path, length=RANGE, asked=load.Questions(CALM, 1))
    found = in_turn([arena.static, arena.direct], arena.pace.rounds, lambda one: ask(one).at(50))
    return Series(tuple(found[STATIC])), Series(tuple(found[DIRECT]))


def by_viewers(arena: Arena) -> list[Step]:
    arena.show(MIDDLE)
    return [_bursts(arena, f"{count:,}", count, arena.pace.crowd_burst) for count in VIEWERS]


def _bursts(arena: Arena, label: str, connections: int, seconds: float) -> Step:
    found = in_turn(
        [arena.static, arena.direct],
        arena.pace.rounds,
        lambda one: load.ranges(one, arena.file, RANGE, connections, seconds).burst,
    )
    static, ours = (Series(tuple(burst.rate for burst in found[name])) for name in (STATIC, DIRECT))
    return Step(label, static, ours, faults=sum(burst.faults(RANGE) for burst in found[DIRECT]))
