"""The peers side by side, and the service alone among them."""

from dataclasses import dataclass, field
from functools import partial

from tests.bench import cost, load
from tests.bench.arena import DIRECT, RANGE, STATIC, Arena
from tests.bench.bars import Bar, Line, Of
from tests.bench.contestants import Contestant, in_turn
from tests.bench.files import LARGE, MIDDLE, File
from tests.bench.numbers import Series
from tests.bench.peers import ALONE, PEERS, SENDFILE, TUTORIAL, UVICORN, serving
from tests.bench.rows import CONNECTIONS, watched

KIB = 1024


@dataclass
class Peer:
    """A row of the table of peers."""

    name: str
    version: str
    small: Series
    large: Series
    whole: Series
    cpu: Series
    faults: int


@dataclass
class Peers:
    rows: dict[str, Peer] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)


def measure(arena: Arena) -> Peers:
    small, large, stalled = _ranges(arena)
    whole = _whole(arena)
    versions = {peer.name: peer.version for peer in PEERS}
    versions[STATIC] = versions[DIRECT] = arena.stack.nginx_version
    rows = {
        name: Peer(
            name, versions[name](), _rates(small[name]), _rates(large[name]),
            Series(tuple(one.megabytes_per_second for one in whole[name])),
            Series(tuple(one.cpu_per_gib for one in whole[name])),
            _faults(small[name], large[name], whole[name]),
        )
        for name in whole
    }  # fmt: skip
    return Peers(rows, [*_lines(rows), stalled])


def _ranges(arena: Arena) -> tuple[dict[str, list[load.Costed]], dict[str, list[load.Costed]], Line]:
    arena.show(MIDDLE)
    with serving(PEERS, arena.library, MIDDLE, arena.namespace) as peers:
        everyone = [arena.static, arena.direct, *peers]
        arena.warm(peers)
        small, large = (_in_turn(arena, everyone, MIDDLE, length) for length in (RANGE, 2 * RANGE))
        return small, large, _stalled(arena, peers[-1])


def _in_turn(
    arena: Arena, everyone: list[Contestant], file: File, length: int
) -> dict[str, list[load.Costed]]:
    pace = arena.pace
    ask = partial(load.ranges, file=file, length=length, connections=CONNECTIONS, seconds=pace.peer_burst)
    return in_turn(everyone, pace.rounds, ask)


def _whole(arena: Arena) -> dict[str, list[load.Download]]:
    arena.show(LARGE)
    with serving(PEERS, arena.library, LARGE, arena.namespace) as peers:
        take = partial(load.downloads, file=LARGE, seconds=arena.pace.download, times=1)
        return in_turn([arena.static, arena.direct, *peers], arena.pace.rounds, take)


def _stalled(arena: Arena, alone: Contestant) -> Line:
    """What one viewer more costs who asks for the film and takes nothing of it."""
    before = cost.memory(alone.roots)
    most, wrong = watched(arena, alone, 0)
    each = Series(((most.processes - before) / arena.pace.viewers / KIB,))
    work = f"memory of a stalled viewer, of {arena.pace.viewers:,}, {ALONE.name}"
    return Line(work, "KiB", "", each, None, Bar(300, of=Of.VALUE, strictly=True), wrong)


def _lines(rows: dict[str, Peer]) -> list[Line]:
    ahead, four_times = Bar(1, at_least=True, strictly=True), Bar(4, at_least=True)
    ours = rows.get(ALONE.name)
    found = []
    for peer, work, bar in (
        (TUTORIAL, "large", four_times),
        (UVICORN, "small", ahead),
        (UVICORN, "large", ahead),
        (UVICORN, "cpu", Bar(1, strictly=True)),
        (SENDFILE, "small", None),
        (SENDFILE, "large", None),
        (SENDFILE, "cpu", None),
    ):
        if ours is not None and (theirs := rows.get(peer.name)) is not None:
            title, unit = TITLES[work]
            series, other = getattr(ours, work), getattr(theirs, work)
            found.append(Line(f"{title}, {ALONE.name}", unit, peer.name, series, other, bar, ours.faults))
    return found


TITLES = {
    "small": ("50 KB ranges", "requests/s"),
    "large": ("100 KB ranges", "requests/s"),
    "cpu": ("processor time of 1 GiB", "s"),
}


def _rates(found: list[load.Costed]) -> Series:
    return Series(tuple(one.burst.rate for one in found))


def _faults(small: list[load.Costed], large: list[load.Costed], whole: list[load.Download]) -> int:
    short = sum(one.burst.faults(RANGE) for one in small) + sum(one.burst.faults(2 * RANGE) for one in large)
    return short + sum(one.wrong for one in whole)
