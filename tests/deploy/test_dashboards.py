"""Grafana's dashboards: what can be known of them without Grafana."""

import itertools
import re
from typing import Any

import pytest
import yaml

from tests import promtool
from tests.dashboards import FILES, dashboards, panels, queries
from tests.e2e.targets import ROOT

DASHBOARDS = dashboards()
KINDS = {"stat", "timeseries"}
PANELS = [
    pytest.param(panel, id=f"{one['uid']}: {panel['title']}") for one in DASHBOARDS for panel in panels(one)
]
GRAFANA = promtool.MONITORING / "grafana"


def test_each_has_a_name_of_its_own() -> None:
    assert [one["uid"] for one in DASHBOARDS] == [f"video-{path.stem}" for path in FILES]
    assert len({one["title"] for one in DASHBOARDS}) == len(DASHBOARDS)


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_says_what_it_shows_and_in_what_unit(panel: Any) -> None:
    assert panel["type"] in KINDS
    assert panel["title"]
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_asks_the_source_that_was_chosen(panel: Any) -> None:
    for asking in (panel, *panel["targets"]):
        assert asking["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    assert all(target["expr"] and target["legendFormat"] for target in panel["targets"])


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda one: one["uid"])
def test_panels_do_not_overlap(dashboard: Any) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        columns = range(place["x"], place["x"] + place["w"])
        cells = set(itertools.product(columns, range(place["y"], place["y"] + place["h"])))
        assert columns.stop <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda one: one["uid"])
def test_every_variable_is_declared(dashboard: Any) -> None:
    declared = {variable["name"] for variable in dashboard["templating"]["list"]}
    text = " ".join(target["expr"] for panel in panels(dashboard) for target in panel["targets"])
    assert set(re.findall(r"\$(?!__)\w+", text)) <= {f"${name}" for name in declared}


def test_every_query_parses() -> None:
    """As rules, which promtool parses by the dozen."""
    rules = [{"record": f"query_{number}", "expr": query} for number, (_, query) in enumerate(queries())]
    given = yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]})
    done = promtool.run("promtool", "check", "rules", given=given)
    assert done.returncode == 0, done.stdout


def test_zeros_are_made_up_only_where_there_may_be_no_series() -> None:
    """A made-up zero hides that a metric is gone: of ALERTS there is one for each alert, when it fires."""
    made_up = [query for _, query in queries() if "vector(0)" in query]
    assert all(query.startswith("count(ALERTS{") for query in made_up)


def test_grafana_finds_the_dashboards_and_the_source() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["grafana"]
    (provider,) = yaml.safe_load((GRAFANA / "provisioning/dashboards/video.yml").read_text())["providers"]
    (source,) = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yml").read_text())[
        "datasources"
    ]
    mounted = {mount.split(":")[1]: mount.split(":")[0] for mount in compose["volumes"]}
    assert mounted[provider["options"]["path"]] == "./deploy/monitoring/grafana/dashboards"
    assert mounted["/etc/grafana/provisioning"] == "./deploy/monitoring/grafana/provisioning"
    assert (source["type"], source["url"]) == ("prometheus", "http://prometheus:9090")
