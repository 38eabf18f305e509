"""Compare: run the cases against other servers and against ours, and print a table.

python -m tests.conformance.peers [--only NAME] [--list]
"""

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path

from tests.conformance.check import Report, check
from tests.conformance.model import NotServedError, learn
from tests.conformance.servers import FILE, PEERS, Peer
from tests.debian import UnavailableError
from tests.e2e.targets import ROOT
from tests.e2e.targets.process import LoggedProcess, free_port

SAMPLE = ROOT / "service/sample/sample.mp4"
SECONDS = 180  # for one server
AN_HOUR = 3600  # seconds; since when the file is as it is, so that its date is a strong validator
OURS = {
    "service": "this service alone",
    "compose": "this service behind nginx",
    "local": "the same, as processes",
}


@contextmanager
def serving(peer: Peer) -> Iterator[str]:
    """Start a peer on a folder with the sample in it; the value is its URL."""
    with tempfile.TemporaryDirectory(prefix="video-peer-") as scratch:
        folder = Path(scratch, "files")
        folder.mkdir()
        Path(scratch).chmod(0o755)
        shutil.copyfile(SAMPLE, folder / FILE)
        past = time.time() - AN_HOUR
        os.utime(folder / FILE, (past, past))
        port = free_port()
        launch = peer.launch(folder, port)
        process = LoggedProcess(launch.command, os.environ | launch.env, Path(scratch, "log"), cwd=folder)
        try:
            process.wait_healthy(f"http://127.0.0.1:{port}/{FILE}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.stop()


def measure(url: str) -> Report:
    facts = learn(url, f"/{FILE}", SAMPLE.read_bytes())
    return check(facts, seconds=SECONDS)


def rows(only: str | None) -> Iterator[tuple[str, str, Report | str]]:
    """Name, version, and the report, or the reason why there is none."""
    for peer in PEERS:
        if only is None or only.lower() in peer.name.lower():
            yield _row(peer)
    for target, name in OURS.items():
        if only is None or only.lower() in f"{target} {name}".lower():
            yield _our_row(target, name)


def _row(peer: Peer) -> tuple[str, str, Report | str]:
    try:
        with serving(peer) as url:
            return peer.name, peer.version(), measure(url)
    except (UnavailableError, NotServedError, AssertionError, TimeoutError) as error:
        return peer.name, "", str(error).splitlines()[0]


def _our_row(target: str, name: str) -> tuple[str, str, Report | str]:
    module = import_module(f"tests.e2e.targets.{target}")
    if lack := module.missing():
        return name, "", lack
    stack = module.start(None, {})
    try:
        version = ""
        with suppress(ValueError, KeyError):
            version = stack.get("/version").json()["version"]
        return name, version, measure(stack.base_url)
    finally:
        stack.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.peers", description=__doc__)
    parser.add_argument("--only", help="only servers whose name contains this")
    parser.add_argument("--list", action="store_true", help="print every failure too")
    given = parser.parse_args()
    found = list(rows(given.only))
    if given.list:
        for name, _, report in found:
            print(f"\n=== {name}\n{report}")  # noqa: T201
    print("| server | version | cases | failed | of those MUST |\n| --- | --- | --- | --- | --- |")  # noqa: T201
    for name, version, report in found:
        print(f"| {name} | {version} | {_cells(report)} |")  # noqa: T201


def _cells(report: Report | str) -> str:
    if isinstance(report, str):
        return f"did not run: {report} | |"
    return f"{report.count} | {len(report.failures)} | {len(report.broken)}"


if __name__ == "__main__":
    main()
