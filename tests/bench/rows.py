"""The rows of the table about the composed stack; each is measured by one function."""

from collections.abc import Callable
from functools import partial

from tests.bench import load
from tests.bench.arena import CHUNKED, DIRECT, LOGGED, RANGE, STATIC, Arena
from tests.bench.bars import Bar, Line, Of
from tests.bench.contestants import Contestant, in_turn
from tests.bench.files import LARGE, MIDDLE
from tests.bench.numbers import Series, percentile

CONNECTIONS = 16
PROBES = 400  # a second; each takes one core a fraction of a millisecond
CALM, APART = 50, 0.01  # questions a second, and the seconds between two: none meets another
REFRESH = 100_000  # microseconds
SLOW = 16_384  # bytes a second
MB = 1e6
ROUTES = {DIRECT: "`/video.mp4`", CHUNKED: "`/chunked_video.mp4`"}


def _series(values: list[float]) -> Series:
    return Series(tuple(values))


def _asked(name: str) -> str:
    """The path, and in words what is not as shipped."""
    route = DIRECT if name.startswith(DIRECT) else CHUNKED
    return ROUTES[route] + name.removeprefix(route)


def ranges(arena: Arena) -> list[Line]:
    arena.show(MIDDLE)
    pace = arena.pace
    ask = partial(load.ranges, file=MIDDLE, length=RANGE, connections=CONNECTIONS, seconds=pace.burst)
    quiet = [arena.quiet(name) for name in (DIRECT, CHUNKED)]
    found = in_turn([arena.static, arena.logged, arena.direct, arena.chunked, *quiet], pace.rounds, ask)
    speed = {name: _series([one.burst.rate for one in all_]) for name, all_ in found.items()}
    spent = {
        name: _series([one.cpu / one.burst.requests * 1e6 for one in all_]) for name, all_ in found.items()
    }
    faults = {name: sum(one.burst.faults(RANGE) for one in all_) for name, all_ in found.items()}
    lines = []
    for name in found:
        if name in {STATIC, LOGGED}:
            continue
        work = f"50 KB ranges, {CONNECTIONS} connections, {_asked(name)}"
        at_least = Bar(0.85 if name.startswith(DIRECT) else 0.75, at_least=True)
        lines.append(Line(work, "requests/s", STATIC, speed[name], speed[STATIC], at_least, faults[name]))
        if name in ROUTES:
            lines.append(Line(work, "requests/s", LOGGED, speed[name], speed[LOGGED], at_least, faults[name]))
        lines.append(Line(f"{work}: processor time of a request", "µs", STATIC, spent[name], spent[STATIC]))
    return lines


def whole(arena: Arena) -> list[Line]:
    arena.show(LARGE)
    take = partial(load.downloads, file=LARGE, seconds=arena.pace.download * 4, times=2)
    found = in_turn([arena.static, arena.direct], arena.pace.rounds, take)
    speed = {name: _series([one.megabytes_per_second for one in all_]) for name, all_ in found.items()}
    spent = {name: _series([one.cpu_per_gib for one in all_]) for name, all_ in found.items()}
    faults = sum(one.wrong for one in found[DIRECT])
    return [
        Line(
            "1 GiB, the whole file",
            "MB/s",
            STATIC,
            speed[DIRECT],
            speed[STATIC],
            Bar(0.95, at_least=True),
            faults,
        ),
        Line("processor time of 1 GiB", "s", STATIC, spent[DIRECT], spent[STATIC], Bar(1.1)),
    ]


def first_byte(arena: Arena) -> list[Line]:
    """At the same rate for everybody: half of what the slowest of them can do."""
    arena.show(MIDDLE)
    pace, quiet = arena.pace, [arena.quiet(name) for name in (DIRECT, CHUNKED)]
    everyone = [arena.static, arena.logged, arena.direct, arena.chunked, *quiet]
    tried = [load.ranges(one, MIDDLE, RANGE, CONNECTIONS, pace.burst).burst.rate for one in everyone]
    rate = min(tried) / 2
    found = in_turn(everyone, pace.rounds, lambda one: _under_load(arena, one, rate))
    p99 = {name: _series([delays.at(99) for delays, _ in all_]) for name, all_ in found.items()}
    kept = {name: _series([true for _, true in all_]) for name, all_ in found.items()}
    faults = {name: sum(delays.wrong for delays, _ in all_) for name, all_ in found.items()}
    work = f"first byte, p99, at {rate:,.0f} requests/s (half of saturation)"
    lines = []
    for name in found:
        if name in {STATIC, LOGGED}:
            continue
        asked = f"{work}, {_asked(name)}"
        lines.append(Line(asked, "µs", STATIC, p99[name], p99[STATIC], Bar(1.5), faults[name]))
        if name in ROUTES:
            lines.append(Line(asked, "µs", LOGGED, p99[name], p99[LOGGED], Bar(1.5), faults[name]))
    return [
        *lines,
        Line("the rate that was kept meanwhile", "requests/s", STATIC, kept[DIRECT], kept[STATIC]),
    ]


def _under_load(arena: Arena, one: Contestant, rate: float) -> tuple[load.Delays, float]:
    """Answer with the delays, and with the rate that was truly kept."""
    seconds, path = arena.pace.probe, arena.library.path(MIDDLE)
    questions = load.Questions(min(PROBES, rate), seconds - 1)
    with load.paced(one, MIDDLE, RANGE, rate, seconds + 1) as kept:
        return load.first_bytes(one, path, RANGE, questions), kept()


def viewers(arena: Arena) -> list[Line]:
    arena.show(MIDDLE)
    found = in_turn([arena.static, arena.direct], 1, lambda one: watched(arena, one, SLOW))
    (static, _), (ours, faults) = found[STATIC][0], found[DIRECT][0]
    bar = Bar(60, of=Of.DIFFERENCE)
    work = f"{arena.pace.viewers:,} viewers at {SLOW // 1024} KiB/s each, memory"
    return [
        Line(f"{work} of {whose}", "MB", STATIC, _megabytes(mine), _megabytes(theirs), bar, faults)
        for whose, mine, theirs in (
            ("the containers (`docker stats`)", ours.containers, static.containers),
            ("the processes, with what they share with files (PSS)", ours.processes, static.processes),
        )
    ]


def _megabytes(value: int) -> Series:
    return _series([value / MB])


def watched(arena: Arena, one: Contestant, bytes_per_second: int) -> tuple[load.Memory, int]:
    """Answer with the most memory that was in use, and with the number of wrong answers."""
    path, seconds = arena.library.path(MIDDLE), arena.pace.hold
    with load.viewers(one, path, arena.pace.viewers, bytes_per_second, seconds) as wrong:
        return load.memory(one, seconds - 2), wrong()


def refresh(arena: Arena) -> list[Line]:
    """What nginx knows, it looks at anew when a second begins: those who ask then, beside all others.

    nginx static, which has nothing to refresh, shows what of it is the machine's. The questions keep
    apart, so that none waits for another.
    """
    arena.show(MIDDLE)
    path, lines = arena.library.path(MIDDLE), []
    questions = load.Questions(CALM, arena.pace.refresh, APART)
    everyone = [arena.static, arena.direct, arena.chunked]
    ask = partial(load.first_bytes, path=path, length=RANGE, asked=questions)
    found = in_turn(everyone, arena.pace.rounds, ask)
    for name, all_ in found.items():
        parted = [one.parted(REFRESH) for one in all_]
        at = _series([percentile(early, 99) for early, _ in parted])
        p50, p99 = (_series([percentile(others, share) for _, others in parted]) for share in (50, 99))
        moment = f"{REFRESH // 1000} ms from a refresh on, at {CALM} requests/s"
        work = f"first byte, p99, {moment}, {ROUTES.get(name, name)}"
        bar = None if name == STATIC else Bar(3)
        lines.append(Line(work, "µs", "the others' median", at, p50, bar, sum(one.wrong for one in all_)))
        lines.append(Line(work, "µs", "the others' p99", at, p99))
        slowest = _series([max(early) for early, _ in parted])
        lines.append(Line(f"{work}: the slowest", "µs", "the others' median", slowest, p50))
    return lines


ROWS: dict[str, Callable[[Arena], list[Line]]] = {
    "ranges": ranges,
    "first-byte": first_byte,
    "viewers": viewers,
    "refresh": refresh,
    "whole": whole,
}
