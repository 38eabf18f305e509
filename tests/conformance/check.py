"""Run the cases: python -m tests.conformance.check URL PATH FILE [--cap N] [--topic NAME] [--json]."""

import argparse
import json
import math
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.conformance.catalog import TOPICS, cases
from tests.conformance.honest import untruth
from tests.conformance.model import Case, Facts, Level, NotServedError, learn
from tests.conformance.wire import Exchange, converse

THREADS = 8


@dataclass(frozen=True)
class Failure:
    topic: str
    id: str
    level: Level
    section: str
    words: str
    expected: str
    found: str

    def __str__(self) -> str:
        lines = [
            f"{self.level:6} {self.topic}: {self.id}",
            f"       RFC {self.section}: {self.words}",
            f"       expected {self.expected}",
            f"       found {self.found}",
        ]
        return "\n".join(lines)


@dataclass(frozen=True)
class Report:
    count: int
    failures: Sequence[Failure]

    @property
    def broken(self) -> Sequence[Failure]:
        """The failures of a MUST."""
        return [failure for failure in self.failures if failure.level == "MUST"]

    def __str__(self) -> str:
        total = f"{self.count} cases, {len(self.failures)} failed ({len(self.broken)} of them MUST)"
        return "\n".join([*map(str, self.failures), total])


def check(facts: Facts, topics: Sequence[str] = tuple(TOPICS), seconds: float = math.inf) -> Report:
    """Run every case of `topics`, several at a time; TimeoutError if `seconds` are not enough."""
    chosen = [(topic, case) for topic in topics for case in cases(facts, topic)]
    deadline = time.monotonic() + seconds

    def run(item: tuple[str, Case]) -> Failure | None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the cases take more than {seconds:g} s")
        return judge(*item, facts)

    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(run, chosen))
    return Report(len(results), [failure for failure in results if failure])


def judge(topic: str, case: Case, facts: Facts) -> Failure | None:
    """Play one case; the failure is the first claim that does not hold."""
    try:
        seen = converse(facts.address, case.script)
    except OSError as error:
        seen = Exchange(fault=f"9112 9: no connection: {error}")
    if wrong := untruth(seen, case.script, facts):
        section, _, words = wrong.partition(": ")
        return Failure(topic, case.id, "MUST", section, words, "a well-formed and true answer", str(seen))
    for claim in case.claims:
        if not claim.expected.holds(seen, facts):
            return Failure(
                topic, case.id, claim.level, claim.section, claim.words, claim.expected.says, str(seen)
            )
    return None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.check", description=__doc__)
    parser.add_argument("url", help="http://host:port")
    parser.add_argument("path", help="where the file is")
    parser.add_argument("file", type=Path, help="the file itself")
    parser.add_argument("--cap", type=int, help="octets that a 206 has at most there")
    parser.add_argument("--topic", action="append", choices=TOPICS, help="only this topic (repeatable)")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    try:
        facts = learn(given.url.rstrip("/"), given.path, given.file.read_bytes(), given.cap)
    except (NotServedError, OSError) as error:
        parser.error(str(error))
    report = check(facts, given.topic or tuple(TOPICS))
    if given.json:
        print(json.dumps({"count": report.count, "failures": [asdict(f) for f in report.failures]}, indent=2))  # noqa: T201
    else:
        print(report)  # noqa: T201
    return 1 if report.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
