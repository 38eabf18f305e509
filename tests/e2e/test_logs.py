"""What the processes wrote while all the other tests ran: nobody may have stumbled unseen."""

import json

import pytest

from tests.e2e.alarms import alarms
from tests.e2e.targets import Stack

pytestmark = pytest.mark.stage(2)  # when everybody has been here


def test_no_alarm_in_the_log(stack: Stack) -> None:
    assert alarms(stack) == []


def test_lines_of_the_access_log_stand_alone(stack: Stack) -> None:
    """Several processes write into one pipe, in pieces that hold many lines."""
    lines = [line for line in stack.logs().splitlines() if "http.request.method" in line]
    assert len(lines) > 100
    assert {json.loads(line)["http.request.method"] for line in lines} >= {"GET", "HEAD"}


def test_no_alarm_in_the_log_of_the_lab(lab: Stack) -> None:
    assert alarms(lab) == []
