"""Grafana's dashboards as they stand in the files: panels, and what they ask Prometheus."""

import json
from collections.abc import Iterator
from typing import Any

from tests.e2e.targets import ROOT

FOLDER = ROOT / "deploy/monitoring/grafana/dashboards"
FILES = sorted(FOLDER.glob("*.json"))

VARIABLES = {"$__rate_interval": "1m", "$route": ".+"}
"""What Grafana puts in the place of each variable, when nothing was chosen."""


def dashboards() -> list[Any]:
    return [json.loads(path.read_text()) for path in FILES]


def panels(dashboard: Any) -> list[Any]:
    """List the panels that show something: rows only part them."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def queries() -> Iterator[tuple[str, str]]:
    """Yield each query with a name that says where it stands, as Prometheus is asked it."""
    for dashboard in dashboards():
        for panel in panels(dashboard):
            for target in panel["targets"]:
                name = f"{dashboard['uid']}: {panel['title']}, {target['legendFormat']}"
                yield name, expanded(target["expr"])


def expanded(expression: str) -> str:
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    return expression
