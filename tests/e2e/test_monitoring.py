"""The profile `monitoring`: what dashboards and rules ask is there, and an alert arrives."""

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests import dashboards, promtool
from tests.e2e.monitoring import Monitoring, has_data, monitored, visit, wait_firing
from tests.e2e.targets import Stack
from tests.e2e.targets.compose import Compose
from tests.e2e.targets.process import wait_until

pytestmark = [pytest.mark.only("compose"), pytest.mark.stage(2)]  # (its visitors would be in others' books)

RULES = Path(promtool.MONITORING) / "prometheus/rules"
WATCHDOG = "Watchdog"
"""Fires always."""
QUERIES = [pytest.param(query, id=name) for name, query in dashboards.queries()]
RECORDS = re.findall(r"record: (\S+)", (RULES / "recording.yml").read_text())


def needed_images() -> list[str]:
    return [promtool.image(name) for name in ("prometheus", "alertmanager")]


@pytest.fixture(scope="module", name="watched")
def _watched(lab: Stack) -> Compose:
    assert isinstance(lab, Compose)
    return lab


@pytest.fixture(scope="module", name="monitoring")
def _monitoring(watched: Compose) -> Iterator[Monitoring]:
    if lacking := [name for name in needed_images() if not promtool.has_image(name)]:
        promtool.lacks(f"not there: docker pull {' '.join(lacking)}")
    with monitored(watched) as monitoring:
        for _ in range(3):
            visit(watched)
        yield monitoring


@pytest.mark.parametrize("query", QUERIES)
def test_a_dashboard_has_something_to_show(monitoring: Monitoring, watched: Compose, query: str) -> None:
    assert has_data(monitoring, watched, query, 45)


@pytest.mark.parametrize("record", RECORDS)
def test_a_recording_rule_records(monitoring: Monitoring, watched: Compose, record: str) -> None:
    assert has_data(monitoring, watched, record, 45)


def test_every_rule_is_evaluated_without_an_error(monitoring: Monitoring) -> None:
    wait_until(
        lambda: all(rule["health"] != "unknown" for rule in monitoring.rules()),
        30,
        "all rules have had a turn",
    )
    assert {
        rule["name"]: rule.get("lastError") for rule in monitoring.rules() if rule["health"] != "ok"
    } == {}


def test_what_alerts_look_at_is_there(monitoring: Monitoring, watched: Compose) -> None:
    groups = yaml.safe_load((RULES / "alerts.yml").read_text())["groups"]
    asked = " ".join(rule["expr"] for group in groups for rule in group["rules"])
    names = set(re.findall(r"(?<!\w)(?:up|(?:video|process|prometheus|\w+:)\w+[\w:]*)(?=[\s{\[])", asked))
    assert len(names) > 10
    assert [name for name in sorted(names) if not has_data(monitoring, watched, name, 20)] == []


def test_nothing_fires_while_all_is_well(monitoring: Monitoring) -> None:
    wait_until(lambda: monitoring.ask('up{job="nginx"} == 1'), 20, "all targets are up")
    wait_until(lambda: monitoring.firing() == {WATCHDOG}, 20, "no other alert fires")
    end = time.monotonic() + 10
    while time.monotonic() < end:
        assert monitoring.firing() == {WATCHDOG}
        time.sleep(0.5)


def test_the_exposition_of_the_stack_is_clean(watched: Compose) -> None:
    done = promtool.run("promtool", "check", "metrics", given=watched.metrics())
    assert (done.returncode, done.stdout.strip()) == (0, "")


def test_an_alert_arrives_when_the_service_is_killed_and_goes_when_it_is_back(
    monitoring: Monitoring, watched: Compose
) -> None:
    subprocess.run(["docker", "kill", watched.container], check=True, capture_output=True)
    try:
        wait_firing(monitoring, "VideoDown", 60)
    finally:
        watched.restart_service()
    wait_until(lambda: "VideoDown" not in monitoring.firing(), 60, "the alert is over")
