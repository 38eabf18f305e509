"""The e2e harness: which targets the suite runs against, and the two stacks that each of them starts.

pytest tests/e2e                                   every target that this machine can run
pytest tests/e2e --target service                  one of them (repeat the option for more)
pytest tests/e2e --base-url http://127.0.0.1:8080  whatever runs there
"""

import os
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeAlias

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser import installed, launched
from tests.e2e.client import Client
from tests.e2e.films import LAB_FILM, MEGABYTE, film, install
from tests.e2e.patience import PatientViewer
from tests.e2e.report import TARGETS, Report
from tests.e2e.targets import ROOT, Stack

LAB = {"VIDEO_FEATURED": LAB_FILM, "VIDEO_STALL_TIMEOUT": "5", "VIDEO_DRAIN_TIMEOUT": "20"}
TRIAL = {"VIDEO_FEATURED": LAB_FILM, "VIDEO_STALL_TIMEOUT": "30", "VIDEO_DRAIN_TIMEOUT": "5"}
REPORT = pytest.StashKey[Report]()

Start: TypeAlias = Callable[[Path | None, dict[str, str]], Stack]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("e2e", "end-to-end tests")
    group.addoption("--target", action="append", choices=TARGETS, help="run against this (repeatable)")
    group.addoption("--base-url", help="run against what already answers there")
    group.addoption("--soak", type=int, default=20, metavar="SECONDS", help="how long test_soak.py takes")
    group.addoption("--require-targets", action="store_true", help="a target that cannot run is a failure")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "only(target): the test makes sense on this target alone")
    config.addinivalue_line("markers", "stage(number): when it runs among the tests of a target; default 0")
    config.stash[REPORT] = Report(config)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    report = metafunc.config.stash[REPORT]
    if "asked_for" in metafunc.fixturenames:
        metafunc.parametrize("asked_for", report.asked_for)
    if "target" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("only")
        metafunc.parametrize("target", report.params(only), indirect=True, scope="session")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((mark.args[0] for mark in item.iter_markers("stage")), 0))


@pytest.fixture(scope="session", name="report")
def _report(request: pytest.FixtureRequest) -> Report:
    return request.config.stash[REPORT]


@pytest.fixture(scope="session", name="target")
def _target(request: pytest.FixtureRequest, report: Report) -> Iterator[Start]:
    """Answer with a function that starts a stack of this target, and stop what it started."""
    name: str = request.param
    with report.running(name), ExitStack() as started:

        def start(media: Path | None, settings: dict[str, str]) -> Stack:
            stack = report.start(name, media, settings)
            started.callback(stack.stop)
            return stack

        yield start


def first_film() -> bytes:
    return film(seed=1, size=64 * MEGABYTE)


@contextmanager
def media_folder() -> Iterator[Path]:
    """Make a folder with the first film, for the time being."""
    with tempfile.TemporaryDirectory(prefix="video-lab-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the containers' user reads it
        install(folder, first_film())
        yield folder


@pytest.fixture(scope="session", name="stack")
def _stack(target: Start) -> Stack:
    """Start the product as it comes: the bundled sample, default settings."""
    return target(None, {})


@pytest.fixture(scope="session", name="lab")
def _lab(request: pytest.FixtureRequest, target: Start) -> Iterator[Stack]:
    """Start a second one, with a media folder that the test may write to and impatient timeouts."""
    yield from _with_media(request, target, LAB)


@pytest.fixture(scope="session", name="trial")
def _trial(request: pytest.FixtureRequest, target: Start) -> Iterator[Stack]:
    """Start a third one, for the tests that break things."""
    yield from _with_media(request, target, TRIAL)


def _with_media(request: pytest.FixtureRequest, target: Start, settings: dict[str, str]) -> Iterator[Stack]:
    if request.config.getoption("--base-url", default=None):
        pytest.skip("only a URL was given (--base-url): its media folder is out of reach")
    with media_folder() as folder:
        yield target(folder, settings)


@pytest.fixture(scope="session", name="client")
def _client(stack: Stack) -> Iterator[Client]:
    with Client(stack.base_url) as client:
        yield client


@pytest.fixture(scope="session", name="lab_client")
def _lab_client(lab: Stack) -> Iterator[Client]:
    with Client(lab.base_url) as client:
        yield client


@pytest.fixture(scope="module", name="chromium")
def _chromium(request: pytest.FixtureRequest) -> Iterator[Browser]:
    if installed() is None:
        required = os.environ.get("CI") or request.config.getoption("--require-targets", default=False)
        (pytest.fail if required else pytest.skip)("no Chromium: install it with `make browser`")
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session", name="sample")
def _sample() -> bytes:
    return (ROOT / "service/sample/sample.mp4").read_bytes()


@pytest.fixture(scope="session", name="patient_viewer")
def _patient_viewer(lab: Stack) -> PatientViewer:
    return PatientViewer(lab.direct_url, first_film())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the processes said beside a failure."""
    report = yield
    arguments: dict[str, object] = getattr(item, "funcargs", {})
    if report.failed:
        for name, stack in arguments.items():
            if isinstance(stack, Stack):
                report.sections.append((f"log of {name}", stack.logs()[-3000:]))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if lines := config.stash[REPORT].lines():
        terminalreporter.section("e2e targets")
        for line in lines:
            terminalreporter.write_line(line)
