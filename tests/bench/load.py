"""Load on one contestant, from within its network namespace; all of it ends by itself."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import cost, wrk
from tests.bench.contestants import Contestant, inside
from tests.bench.files import File
from tests.bench.numbers import percentile
from tests.e2e.targets import ROOT

GRACE = 60  # seconds that a program has beyond its own time


@dataclass(frozen=True)
class Costed:
    """Load, and the processor seconds that the contestant's processes spent on it."""

    burst: wrk.Burst
    cpu: float


@dataclass(frozen=True)
class Download:
    bytes: int
    seconds: float
    wrong: int
    cpu: float

    @property
    def megabytes_per_second(self) -> float:
        return self.bytes / self.seconds / 1e6

    @property
    def cpu_per_gib(self) -> float:
        return self.cpu / self.bytes * (1 << 30)


@dataclass(frozen=True)
class Memory:
    """In bytes: of the containers, as Docker counts (0 without any), and of the processes."""

    containers: int
    processes: int


@dataclass(frozen=True)
class Questions:
    """How often and for how long one asks, at random moments."""

    per_second: float
    seconds: float
    apart: float = 0
    """Seconds that lie between two of them, at least."""


@dataclass(frozen=True)
class Delays:
    """When first bytes came, in microseconds after the question."""

    microseconds: list[int]
    moments: list[int]
    """When each was asked for, in microseconds behind the whole second."""
    wrong: int

    def at(self, share: float) -> float:
        return percentile(self.microseconds, share)

    def parted(self, moment: int) -> tuple[list[int], list[int]]:
        """Answer with the delays of what was asked for before that moment of a second, and the others."""
        pairs = list(zip(self.moments, self.microseconds, strict=True))
        early = [delay for asked, delay in pairs if asked < moment]
        return early, [delay for asked, delay in pairs if asked >= moment]


def ranges(one: Contestant, file: File, length: int, connections: int, seconds: float) -> Costed:
    before = cost.cpu_seconds(one.roots)
    asked = wrk.Load(file.size, length, connections, seconds)
    burst = wrk.parse(_output(inside(one.namespace, asked.command(one.url)), seconds))
    return Costed(burst, cost.cpu_seconds(one.roots) - before)


@contextmanager
def paced(
    one: Contestant, file: File, length: int, rate: float, seconds: float
) -> Iterator[Callable[[], float]]:
    """Keep about this rate up for some time; the value tells the true one, at the end."""
    connections, pause = wrk.pacing(rate)
    asked = wrk.Load(file.size, length, connections, seconds, pause)
    with _started(inside(one.namespace, asked.command(one.url))) as process:
        yield lambda: wrk.parse(process.communicate(timeout=seconds + GRACE)[0]).rate


def downloads(one: Contestant, file: File, seconds: float, times: int) -> Download:
    """Take the whole file some times over, each within the time."""
    before = cost.cpu_seconds(one.roots)
    arguments = [str(one.port), one.path, str(file.size), str(seconds)]
    taken = [_client(one, "whole", arguments, seconds) for _ in range(times)]
    cpu = cost.cpu_seconds(one.roots) - before
    total = {name: sum(part[name] for part in taken) for name in ("bytes", "seconds", "wrong")}
    return Download(total["bytes"], total["seconds"], total["wrong"], cpu)


def first_bytes(one: Contestant, path: Path, length: int, asked: Questions) -> Delays:
    numbers = (length, wrk.POSITIONS, asked.per_second, asked.seconds, asked.apart)
    arguments = [str(one.port), one.path, str(path), *map(str, numbers)]
    found = _client(one, "first_byte", arguments, asked.seconds)
    return Delays(found["microseconds"], found["moments"], found["wrong"])


@contextmanager
def viewers(
    one: Contestant, path: Path, count: int, bytes_per_second: int, seconds: float
) -> Iterator[Callable[[], int]]:
    """Let that many come in; the value waits for the end and tells how many of them were served wrongly."""
    arguments = [str(one.port), one.path, str(path), str(count), str(bytes_per_second), str(seconds)]
    with _started(_module(one, "viewers", arguments)) as process:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"no viewers came in at {one.name}")
        yield lambda: int(json.loads(process.communicate(timeout=seconds + GRACE)[0])["wrong"])


def memory(one: Contestant, seconds: float) -> Memory:
    """Answer with the most that was in use in that time, each for itself."""
    found, end = [_memory(one)], time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(1)
        found.append(_memory(one))
    return Memory(max(each.containers for each in found), max(each.processes for each in found))


def _memory(one: Contestant) -> Memory:
    return Memory(_containers(one), cost.memory(one.roots))


def _containers(one: Contestant) -> int:
    stats = ["docker", "stats", "--no-stream", "--format", "{{.MemUsage}}", *one.containers]
    return cost.working_set(_output(stats, 0)) if one.containers else 0


def _client(one: Contestant, name: str, arguments: list[str], seconds: float) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_output(_module(one, name, arguments), seconds))
    return found


def _module(one: Contestant, name: str, arguments: list[str]) -> list[str]:
    return inside(one.namespace, [sys.executable, "-m", f"tests.bench.clients.{name}", *arguments])


def _output(command: list[str], seconds: float) -> str:
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=seconds + GRACE, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[3:6])}: {(done.stderr or done.stdout)[-1000:]}")
    return done.stdout


@contextmanager
def _started(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
