"""The report, as markdown and as JSON."""

import dataclasses
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.bars import Line
from tests.bench.numbers import Series
from tests.bench.rows_growth import Step
from tests.bench.rows_peers import Peers

NOTES = Path(__file__).with_name("notes.md")


@dataclass
class Report:
    machine: str
    notes: str
    lines: list[Line] = field(default_factory=list)
    peers: Peers = field(default_factory=Peers)
    sizes: list[Step] = field(default_factory=list)
    viewers: list[Step] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """Rows that could not be measured, each with the reason."""

    @property
    def judged(self) -> list[Line]:
        return [*self.lines, *self.peers.lines]


def as_json(report: Report) -> str:
    return json.dumps(dataclasses.asdict(report), indent=1, ensure_ascii=False) + "\n"


def as_markdown(report: Report) -> str:
    parts = ["# Speed and cost, measured", f"Made by `make bench`. {report.machine}"]
    parts += [f"**Not measured:** {reason}" for reason in report.failed]
    if report.judged:
        parts.append(table(HEADS, [row(line) for line in report.judged]))
    if report.peers.rows:
        parts += ["## Side by side", table(PEER_HEADS, _peers(report.peers))]
    if report.sizes:
        parts += ["## 50 KB ranges as the file grows", table(SIZE_HEADS, map(_size, report.sizes))]
    if report.viewers:
        parts += ["## 50 KB ranges as viewers come", table(VIEWER_HEADS, map(_step, report.viewers))]
    return "\n\n".join([*parts, "## How this was measured", report.notes])


HEADS = ("work", "compared with", "theirs", "ours", "ratio", "bar", "")
PEER_HEADS = (
    "server", "version", "50 KB ranges/s", "of nginx", "100 KB ranges/s",
    "1 GiB, MB/s", "processor s/GiB", "wrong or missing",
)  # fmt: skip
VIEWER_HEADS = ("connections", "nginx static, requests/s", "ours", "ratio", "wrong or missing")
SIZE_HEADS = ("file", *VIEWER_HEADS[1:], "first byte, p50, nginx static, µs", "ours", "ratio")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def row(line: Line) -> Sequence[str]:
    other = "" if line.other is None else f"{spread(line.other)} {line.unit}"
    ratio = "" if line.ratio is None else spread(line.ratio)
    bar = "" if line.bar is None else line.bar.text(line.unit)
    return line.work, line.rival, other, f"{spread(line.ours)} {line.unit}", ratio, bar, line.verdict


def spread(series: Series) -> str:
    """Write the median, and between what values it lies."""
    if len(series.values) == 1:
        return number(series.median)
    return f"{number(series.median)} ({number(series.low)} to {number(series.high)})"


def number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _peers(peers: Peers) -> Iterable[Sequence[str]]:
    first = next(iter(peers.rows.values()))
    for peer in peers.rows.values():
        series = [peer.small, peer.small.over(first.small), peer.large, peer.whole, peer.cpu]
        yield peer.name, peer.version, *map(spread, series), str(peer.faults)


def _step(step: Step) -> Sequence[str]:
    return step.label, *_pair(step.static, step.ours), str(step.faults)


def _size(step: Step) -> Sequence[str]:
    first = step.static_first and step.ours_first and _pair(step.static_first, step.ours_first)
    return *_step(step), *(first or ())


def _pair(static: Series, ours: Series) -> Sequence[str]:
    return spread(static), spread(ours), spread(ours.over(static))
