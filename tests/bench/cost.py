"""What processes cost, as the kernel counts it in /proc: processor time and memory."""

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
TICK = os.sysconf("SC_CLK_TCK")


def parent_and_ticks(stat: str) -> tuple[int, int]:
    """Read /proc/<pid>/stat; the name, in parentheses, may hold anything."""
    fields = stat.rpartition(")")[2].split()
    return int(fields[1]), int(fields[11]) + int(fields[12])


def family(roots: Iterable[int], parents: dict[int, int]) -> set[int]:
    """Take the roots and all that descend from them."""
    members = set(roots)
    while more := {pid for pid, parent in parents.items() if parent in members} - members:
        members |= more
    return members


def proportional_kib(rollup: str) -> int:
    """Read /proc/<pid>/smaps_rollup: memory, with what is shared divided by those who share it."""
    found = re.search(r"^Pss:\s+(\d+) kB$", rollup, re.MULTILINE)
    return int(found[1]) if found else 0


def cpu_seconds(roots: Iterable[int]) -> float:
    ticks = _ticks()
    members = family(roots, {pid: parent for pid, (parent, _) in ticks.items()})
    return sum(spent for pid, (_, spent) in ticks.items() if pid in members) / TICK


def tmpfs_folders(mounts: str) -> list[str]:
    """Read /proc/<pid>/mounts."""
    return [where for _, where, kind, *_ in map(str.split, mounts.splitlines()) if kind == "tmpfs"]


def memory(roots: Iterable[int]) -> int:
    """Sum up the memory of processes, and of the files that containers keep in memory, in bytes.

    Files in the page cache are nobody's, but for the parts that a process has mapped.
    """
    roots = tuple(roots)
    members = family(roots, {pid: parent for pid, (parent, _) in _ticks().items()})
    total = 0
    for pid in members:
        with suppress(OSError):
            total += proportional_kib((PROC / str(pid) / "smaps_rollup").read_text())
    return total * 1024 + _in_tmpfs(roots)


def _in_tmpfs(roots: Iterable[int]) -> int:
    """What a process of this machine's own sees is the machine's."""
    used: dict[int, int] = {}
    here = (PROC / "self/ns/mnt").readlink()
    for process in (PROC / str(pid) for pid in roots):
        if (process / "ns/mnt").readlink() != here:
            for folder in tmpfs_folders((process / "mounts").read_text()):
                path = f"{process}/root{folder}"
                state = os.statvfs(path)
                used[os.stat(path).st_dev] = (state.f_blocks - state.f_bfree) * state.f_frsize
    return sum(used.values())


def working_set(stats: str) -> int:
    """Sum up what `docker stats` says of containers' memory, one of them a line, in bytes."""
    units = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
    found = re.findall(r"^([\d.]+)(\w+) / ", stats, re.MULTILINE)
    return round(sum(float(number) * units[unit] for number, unit in found))


def busy_share(before: str, after: str) -> float:
    """Compare two readings of /proc/stat: which share of all processors was in use between them."""
    then, now = (list(map(int, text.splitlines()[0].split()[1:9])) for text in (before, after))
    spent = [late - early for early, late in zip(then, now, strict=True)]
    return 1 - (spent[3] + spent[4]) / max(1, sum(spent))


def _ticks() -> dict[int, tuple[int, int]]:
    found = {}
    for entry in PROC.iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                found[int(entry.name)] = parent_and_ticks((entry / "stat").read_text())
    return found
