"""wrk: the command line, and what it answers."""

import json
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("ranges.lua")
POSITIONS = 200
SHORTEST_PAUSE = 4  # milliseconds; wrk's clock has no more than whole ones


@dataclass(frozen=True)
class Burst:
    """A while of load; the times are from a request to the end of its answer."""

    requests: int
    bytes: int
    seconds: float
    errors: int
    p50: int
    p99: int

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    def faults(self, length: int) -> int:
        """Count failed answers, or those that must have been shorter than asked for."""
        return max(self.errors, self.requests - self.bytes // length)


def parse(output: str) -> Burst:
    """Read the line that ranges.lua prints at the end."""
    line = next((line for line in output.splitlines() if line.startswith("JSON ")), None)
    if line is None:
        raise ValueError(f"wrk did not finish: {output[-500:]}")
    found = json.loads(line.removeprefix("JSON "))
    return Burst(
        found["requests"], found["bytes"], found["microseconds"] / 1e6,
        found["errors"], found["p50"], found["p99"],
    )  # fmt: skip


@dataclass(frozen=True)
class Load:
    """Ranges of some length of a file of some size, on some connections, for some time."""

    size: int
    length: int
    connections: int
    seconds: float
    pause: int = 0
    """Milliseconds between an answer and the next request, on average."""

    def command(self, url: str) -> list[str]:
        """Two threads, so that wrk is not the bottleneck, but one where it has to keep a pace.

        Whole seconds: wrk knows no others.
        """
        seconds = max(1, round(self.seconds))
        threads = 1 if self.pause else min(2, self.connections)
        options = ["wrk", f"-t{threads}", f"-c{self.connections}", f"-d{seconds}s", "-s", str(SCRIPT), url]
        return [*options, "--", str(self.size), str(self.length), str(POSITIONS), str(self.pause)]


def pacing(rate: float) -> tuple[int, int]:
    """Choose connections and the mean pause in milliseconds that ask at about this rate."""
    connections = max(1, min(32, round(rate * SHORTEST_PAUSE / 1000)))
    pause = max(SHORTEST_PAUSE, round(connections * 1000 / rate))
    return max(1, round(rate * pause / 1000)), pause
