"""Prometheus and Alertmanager beside a composed stack, as the profile starts them, only less patient."""

import json
import math
import re
import shutil
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.e2e.targets import ROOT
from tests.e2e.targets.compose import Compose, docker
from tests.e2e.targets.process import free_port, wait_until
from tests.e2e.viewers import Viewer

CONFIGURATION = ROOT / "deploy/monitoring/prometheus"
WATCHERS = ("prometheus", "alertmanager")


class Monitoring:
    """What the two say over HTTP."""

    def __init__(self, prometheus: int, alertmanager: int) -> None:
        self._prometheus = f"http://127.0.0.1:{prometheus}/api/v1"
        self._alertmanager = f"http://127.0.0.1:{alertmanager}/api/v2"

    def ask(self, query: str) -> list[Any]:
        """Answer with what an instant query finds; numbers that are none are nothing."""
        found: list[Any] = self._data(f"query?{urllib.parse.urlencode({'query': query})}")["result"]
        return [one for one in found if not math.isnan(float(one["value"][1]))]

    def rules(self) -> list[Any]:
        return [rule for group in self._data("rules")["groups"] for rule in group["rules"]]

    def firing(self) -> set[str]:
        """Name the alerts that fire, by Prometheus."""
        alerts = self._data("alerts")["alerts"]
        return {alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"}

    def received(self) -> set[str]:
        """Name the alerts that Alertmanager has."""
        return {alert["labels"]["alertname"] for alert in _get(f"{self._alertmanager}/alerts?inhibited=true")}

    def _data(self, path: str) -> Any:
        answer = _get(f"{self._prometheus}/{path}")
        assert answer["status"] == "success"
        return answer["data"]


def _get(url: str) -> Any:
    with requests.Session() as session:
        session.trust_env = False
        return json.loads(session.get(url, timeout=10).text)


@contextmanager
def monitored(stack: Compose) -> Iterator[Monitoring]:
    """Start the two beside `stack`, on ports and with times of the test's own."""
    ports = {"prometheus": free_port(), "alertmanager": free_port()}
    with tempfile.TemporaryDirectory(prefix="video-monitoring-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # another user's container reads it
        _write_impatient(folder / "prometheus")
        options = "-f", str(_overriding(folder, ports)), "--profile", "monitoring"
        try:
            stack.compose(*options, "up", "--detach", "--no-deps", "--wait", "--pull=never", *WATCHERS)
            yield Monitoring(**ports)
        finally:
            stack.compose(*options, "rm", "--stop", "--force", *WATCHERS)
            docker("volume", "rm", "--force", *(f"{stack.project}_{watcher}" for watcher in WATCHERS))


def _write_impatient(folder: Path) -> None:
    """Copy the configuration with every interval and every `for` at a second; windows stay as they are."""
    shutil.copytree(CONFIGURATION, folder)
    for path in folder.rglob("*.yml"):
        text = re.sub(r"(interval|timeout|for): \d+[sm]$", r"\1: 1s", path.read_text(), flags=re.MULTILINE)
        path.write_text(text)
        path.chmod(0o644)
    for path in (folder, folder / "rules"):
        path.chmod(0o755)


def _overriding(folder: Path, ports: dict[str, int]) -> Path:
    # (an Alertmanager as Debian builds it looks for its templates on the disk, and an image may lack them)
    templates = folder / "templates"
    templates.mkdir(mode=0o755)
    for name in ("default.tmpl", "email.tmpl"):
        (templates / name).touch(mode=0o644)
    services = {
        "prometheus": (9090, f"{folder}/prometheus:/etc/prometheus:ro"),
        "alertmanager": (9093, f"{templates}:/usr/share/prometheus/alertmanager:ro"),
    }
    lines = [
        f"  {name}: {{ports: !override ['127.0.0.1:{ports[name]}:{port}'], volumes: ['{mount}']}}"
        for name, (port, mount) in services.items()
    ]
    path = folder / "compose.yml"
    path.write_text("\n".join(["services:", *lines, ""]))
    return path


def visit(stack: Compose) -> None:
    """Ask for something of every kind: whole, part, capped, several, half of it, what is not there."""
    for path in ("/video.mp4", "/chunked_video.mp4"):
        for fields in ("bytes=0-9", "bytes=100-400000", "bytes=-500", "bytes=0-1,5-6", "bytes=99999999-"):
            stack.get(path, headers={"Range": fields})
    stack.get("/nothing")
    with Viewer(stack.direct_url, "/video.mp4") as viewer:
        viewer.read(50_000)


def has_data(monitoring: Monitoring, stack: Compose, query: str, within: float) -> bool:
    """Whether the query finds something, while there are visitors."""
    deadline = time.monotonic() + within
    while not (found := monitoring.ask(query)) and time.monotonic() < deadline:
        visit(stack)
        time.sleep(1)
    return bool(found)


def wait_firing(monitoring: Monitoring, name: str, within: float) -> None:
    wait_until(lambda: name in monitoring.firing(), within, f"{name} fires")
    wait_until(lambda: name in monitoring.received(), within, f"Alertmanager has {name}")
