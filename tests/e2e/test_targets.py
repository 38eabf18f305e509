"""Each target that was asked for can run here. This is the one place where a missing one is reported."""

import pytest

from tests.e2e.report import Report, lack


def test_target_can_run(report: Report, asked_for: str) -> None:
    if missing := lack(asked_for):
        (pytest.fail if report.required else pytest.skip)(f"target {asked_for}: {missing}")
