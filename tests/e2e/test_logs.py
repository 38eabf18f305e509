"""What the processes wrote while all the other tests ran: nobody may have stumbled unseen."""

import pytest

from tests.e2e.alarms import alarms
from tests.e2e.targets import Stack

pytestmark = pytest.mark.stage(2)  # when everybody has been here


def test_no_alarm_in_the_log(stack: Stack) -> None:
    assert alarms(stack) == []


def test_no_alarm_in_the_log_of_the_lab(lab: Stack) -> None:
    assert alarms(lab) == []
