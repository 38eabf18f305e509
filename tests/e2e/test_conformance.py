"""HTTP by the letter: the cases of tests/conformance, topic by topic, on both routes."""

import pytest

from tests.conformance.catalog import TOPICS, every_case
from tests.conformance.check import Failure, check
from tests.conformance.model import learn
from tests.e2e.targets import Stack

ROUTES = {"/video.mp4": None, "/chunked_video.mp4": 100_000}

_ONE_LINE = "nginx takes a second line of these fields for an error and has no setting for it"
_CAPITALS = "nginx reads methods made of A-Z, _ and - only; all else is 400 before any configuration"
_NO_NAME = (
    "nginx reads fields whose names are no tokens, and no variable tells: the fast lane does not see them"
)
_NO_VALUE = (
    "to nginx's maps a field without a value is none, and nginx itself takes it for a date that is past"
)
_HALF = "nginx takes the end of a client's input for its end while it sends a file, and has no setting for it"
KNOWN = {
    "connection: half-closed": _HALF,
    "dates: If-Unmodified-Since: empty": _NO_VALUE,
    "fields: no field: X(Y):%20a": _NO_NAME,
    "fields: no field: %FCber:%20a": _NO_NAME,
    'fields: no field: "X":%20a': _NO_NAME,
    "preconditions: If-Match: two lines": _ONE_LINE,
    "preconditions: If-None-Match: two lines": _ONE_LINE,
    "methods: !#$%&'*+-.^_`|~": _CAPITALS,
    "methods: get": _CAPITALS,
    "methods: hEAD": _CAPITALS,
}
"""What fails behind nginx, with the reason. The service alone is never excused."""


def excused(failure: Failure, stack: Stack) -> bool:
    name = f"{failure.topic}: {failure.id}"
    return name in KNOWN and stack.name != "service"


def test_one_date_is_excused_and_it_is_a_field_without_a_value(sample: bytes, stack: Stack) -> None:
    facts = learn(stack.base_url, "/video.mp4", sample)
    report = check(facts, ["dates"])
    broken = {failure.id for failure in report.failures if failure.level == "MUST"}
    assert broken <= {"If-Unmodified-Since: empty"}


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("path", ROUTES)
def test_conformance(stack: Stack, sample: bytes, path: str, topic: str) -> None:
    report = check(learn(stack.base_url, path, sample, ROUTES[path]), [topic])
    found = [str(failure) for failure in report.failures if not excused(failure, stack)]
    assert not found, "\n".join(["", *found])


def test_what_is_excused_is_a_case(stack: Stack, sample: bytes) -> None:
    facts = learn(stack.base_url, "/video.mp4", sample)
    assert set(KNOWN) <= {f"{topic}: {case.id}" for topic, case in every_case(facts)}
