"""What Prometheus and Alertmanager are told: valid to their own checkers, true of the rest of the project."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests import promtool
from tests.deploy.test_compose import read_whole
from tests.e2e.targets import ROOT

RUNBOOK = ROOT / "docs/runbook.md"
SERVICES = ("prometheus", "alertmanager", "grafana")
WATCHDOG = "Watchdog"
"""Fires always."""


def loaded(path: str) -> Any:
    return yaml.safe_load((promtool.MONITORING / path).read_text())


def rules(kind: str) -> Iterator[dict[str, Any]]:
    """Find the rules that have a name of this kind: `alert` or `record`."""
    for path in promtool.files("prometheus/rules"):
        for group in loaded(path)["groups"]:
            yield from (rule for rule in group["rules"] if kind in rule)


ALERTS = {rule["alert"]: rule for rule in rules("alert")}


@pytest.fixture(scope="module", name="composed")
def _composed() -> Any:
    return read_whole(COMPOSE_PROFILES="monitoring")


def test_the_configuration_of_prometheus_is_valid() -> None:
    done = promtool.run(
        "promtool", "check", "config", "--lint=all", "--lint-fatal", "prometheus/prometheus.yml"
    )
    assert done.returncode == 0, done.stdout


def test_the_configuration_of_alertmanager_is_valid() -> None:
    done = promtool.run("amtool", "check-config", "alertmanager/alertmanager.yml")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_without_the_checkers_a_test_is_skipped_and_in_ci_it_fails(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[Exception]
) -> None:
    monkeypatch.delenv("REQUIRE_PROMETHEUS", raising=False)
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PATH", "")
    promtool.has_image.cache_clear()
    with pytest.raises(outcome, match="no promtool, and no image"):
        promtool.run("promtool", "--version")
    promtool.has_image.cache_clear()


@pytest.mark.parametrize("path", promtool.files("tests"))
def test_alerts_fire_when_they_should_and_not_when_not(path: str) -> None:
    done = promtool.run("promtool", "test", "rules", path)
    assert done.returncode == 0, done.stdout


def test_each_alert_is_shown_to_fire_and_to_be_quiet() -> None:
    fired: set[str] = set()
    quiet: set[str] = set()
    for path in promtool.files("tests"):
        for case in loaded(path)["tests"]:
            for check in case["promql_expr_test"]:
                (quiet, fired)[bool(check["exp_samples"])].add(case["name"].split()[0])
    assert fired == set(ALERTS)
    assert quiet == set(ALERTS) - {WATCHDOG}


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_what_it_is_and_where_to_read_on(name: str) -> None:
    alert = ALERTS[name]
    assert alert["labels"]["severity"] in ({"none"} if name == WATCHDOG else {"page", "ticket"})
    assert alert["annotations"].keys() == {"summary", "description", "runbook_url"}
    assert alert["annotations"]["runbook_url"] == f"docs/runbook.md#{name.lower()}"


def test_each_alert_has_its_section_in_the_runbook_and_each_section_its_alert() -> None:
    assert re.findall(r"^### (\w+)$", RUNBOOK.read_text(), re.MULTILINE) == list(ALERTS)


def test_records_are_named_by_level_metric_and_operation() -> None:
    for rule in rules("record"):
        assert re.fullmatch(r"(job|route|instance|job_le):[a-z0-9_]+:[a-z0-9_]+", rule["record"])


def test_thresholds_are_those_of_the_containers(composed: Any) -> None:
    text = "".join((promtool.MONITORING / path).read_text() for path in promtool.files("prometheus/rules"))
    assert f"/ {composed['services']['service']['mem_limit']}" in text
    assert "size=64m" in composed["volumes"]["deliveries"]["driver_opts"]["o"]
    assert f"* {64 * 1024**2}" in text


def test_what_fires_always_is_told_more_often_than_a_dead_man_s_switch_is_patient() -> None:
    routes = loaded("alertmanager/alertmanager.yml")["route"]["routes"]
    (route,) = (one for one in routes if one["matchers"] == [f'alertname="{WATCHDOG}"'])
    assert (route["receiver"], route["repeat_interval"]) == ("watchdog", "5m")


def test_silenced_alerts_are_alerts() -> None:
    for rule in loaded("alertmanager/alertmanager.yml")["inhibit_rules"]:
        for matcher in (*rule["source_matchers"], *rule["target_matchers"]):
            pattern = re.search(r'alertname=~?"(.+)"', matcher)
            assert pattern
            for one in pattern[1].split("|"):
                assert any(re.fullmatch(one, name) for name in ALERTS), one


def test_nothing_is_watched_unless_asked_for() -> None:
    assert not set(SERVICES) & set(read_whole()["services"])


@pytest.mark.parametrize("name", SERVICES)
def test_who_watches_is_hardened_as_the_rest(composed: Any, name: str) -> None:
    container = composed["services"][name]
    assert container["user"].split(":")[0] not in {"", "0"}
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert 0 < int(container["mem_limit"]) <= 512 * 1024**2
    assert 0 < container["pids_limit"] <= 128


@pytest.mark.parametrize("name", SERVICES)
def test_who_watches_is_published_to_this_machine_alone(composed: Any, name: str) -> None:
    assert [port["host_ip"] for port in composed["services"][name]["ports"]] == ["127.0.0.1"]


@pytest.mark.parametrize("name", SERVICES)
def test_who_watches_has_files_that_it_cannot_write_and_a_volume_that_it_can(
    composed: Any, name: str
) -> None:
    mounts = composed["services"][name]["volumes"]
    assert all(mount["read_only"] for mount in mounts if mount["type"] == "bind")
    assert [mount["source"] for mount in mounts if mount["type"] == "volume"] == [name]


@pytest.mark.parametrize("name", SERVICES)
def test_the_image_has_a_version(composed: Any, name: str) -> None:
    assert re.fullmatch(r".+:v?\d+\.\d+\.\d+", composed["services"][name]["image"])
