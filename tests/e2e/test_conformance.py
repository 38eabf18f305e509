"""HTTP by the letter: the cases of tests/conformance, topic by topic, on both routes."""

import pytest

from tests.conformance.catalog import TOPICS, every_case
from tests.conformance.check import Failure, check
from tests.conformance.model import learn
from tests.e2e.targets import Stack

ROUTES = {"/video.mp4": None, "/chunked_video.mp4": 100_000}

_ONE_LINE = "nginx takes a second line of these fields for an error and has no setting for it"
_CAPITALS = "nginx reads methods made of A-Z, _ and - only; all else is 400 before any configuration"
KNOWN = {
    "preconditions: If-Match: two lines": _ONE_LINE,
    "preconditions: If-None-Match: two lines": _ONE_LINE,
    "methods: !#$%&'*+-.^_`|~": _CAPITALS,
    "methods: get": _CAPITALS,
    "methods: hEAD": _CAPITALS,
}
"""SHOULDs that fail behind nginx, with the reason. A MUST is never excused, nor is the service alone."""


def excused(failure: Failure, stack: Stack) -> bool:
    name = f"{failure.topic}: {failure.id}"
    return failure.level == "SHOULD" and name in KNOWN and stack.name != "service"


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("path", ROUTES)
def test_conformance(stack: Stack, sample: bytes, path: str, topic: str) -> None:
    report = check(learn(stack.base_url, path, sample, ROUTES[path]), [topic])
    found = [str(failure) for failure in report.failures if not excused(failure, stack)]
    assert not found, "\n".join(["", *found])


def test_what_is_excused_is_a_case(stack: Stack, sample: bytes) -> None:
    facts = learn(stack.base_url, "/video.mp4", sample)
    assert set(KNOWN) <= {f"{topic}: {case.id}" for topic, case in every_case(facts)}
