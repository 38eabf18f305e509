"""Measure, print the report, and write it down.

python -m tests.bench [--quick] [--rounds N] [--only ROW ...] [--out FOLDER]
"""

import argparse
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench import cost, needs, rows, rows_growth, rows_peers, wrk
from tests.bench.arena import Arena, Pace, WrongAnswerError, opened
from tests.bench.report import NOTES, Report, as_json, as_markdown
from tests.e2e.targets import ROOT

LOOK = 2  # seconds
FAILURES = (
    WrongAnswerError,
    RuntimeError,
    AssertionError,
    ValueError,
    ZeroDivisionError,
    subprocess.TimeoutExpired,
)
"""What one row may meet while the others can still be measured."""


def _line_row(name: str) -> Callable[[Arena, Report], None]:
    return lambda arena, report: report.lines.extend(rows.ROWS[name](arena))


def _peers(arena: Arena, report: Report) -> None:
    report.peers = rows_peers.measure(arena)


def _sizes(arena: Arena, report: Report) -> None:
    report.sizes = rows_growth.by_size(arena)


def _viewers(arena: Arena, report: Report) -> None:
    report.viewers = rows_growth.by_viewers(arena)


ROWS: dict[str, Callable[[Arena, Report], None]] = {
    **{name: _line_row(name) for name in rows.ROWS},
    "peers": _peers,
    "growth-viewers": _viewers,
    "growth-size": _sizes,
}


def main() -> None:
    given = _arguments()
    if lack := needs.lack():
        sys.exit(f"make bench: {lack}")
    needs.allow_many_files()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("make bench: ended"))  # and leave nothing behind
    pace = Pace.quick(given.rounds or 2) if given.quick else Pace(given.rounds or 5)
    report = _measure(given.only or list(ROWS), pace)
    markdown = as_markdown(report)
    print(markdown)  # noqa: T201
    if folder := given.out or (None if given.quick or given.only else ROOT / "docs"):
        folder.mkdir(exist_ok=True)
        (folder / "bench.md").write_text(markdown)
        (folder / "bench.json").write_text(as_json(report))
    sys.exit(bool(report.failed))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--quick", action="store_true", help="short rounds: to see that it works, not how fast"
    )
    parser.add_argument("--rounds", type=int, help="rounds of each row (5; 2 with --quick)")
    parser.add_argument("--only", action="append", choices=ROWS, help="this row; may be given several times")
    parser.add_argument("--out", type=Path, help="folder to write to (docs, and with --quick or --only none)")
    return parser.parse_args()


def _measure(names: list[str], pace: Pace) -> Report:
    notes = NOTES.read_text().format(
        rounds=pace.rounds, positions=wrk.POSITIONS, probes=rows.PROBES, download=pace.download
    )
    begin, report = time.monotonic(), Report(_machine(), notes)
    with opened(pace) as arena:
        for name in names:
            _say(f"{time.monotonic() - begin:4.0f} s: {name}")
            try:
                ROWS[name](arena, report)
            except FAILURES as error:
                report.failed.append(f"{name}: {str(error).splitlines()[0]}")
                _say(str(error))
        report.machine += f" nginx {arena.stack.nginx_version()}."
    _say(f"{time.monotonic() - begin:4.0f} s: done")
    return report


def _machine() -> str:
    """Say what it ran on, and how busy that was with other things beforehand."""
    before = Path("/proc/stat").read_text()
    time.sleep(LOOK)
    busy = cost.busy_share(before, Path("/proc/stat").read_text())
    kernel = ".".join(platform.release().split(".")[:2])
    return (
        f"{time.strftime('%B %Y')}; {os.cpu_count()} processors, {busy:.0%} of them in use just before; "
        f"Linux {kernel}, Python {platform.python_version()}."
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
