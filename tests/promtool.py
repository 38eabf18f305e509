"""Prometheus's and Alertmanager's own checkers: on the PATH, or in their images."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest
import yaml

from tests.e2e.targets import ROOT

MONITORING = ROOT / "deploy/monitoring"
_IMAGES = {"promtool": "prometheus", "amtool": "alertmanager"}

Finished = subprocess.CompletedProcess[str]


def image(service: str) -> str:
    """Say which image the compose file names."""
    name: str = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"][service]["image"]
    return name


@cache
def has_image(name: str) -> bool:
    """Whether it is on this machine: it is not fetched for a test."""
    if shutil.which("docker") is None:
        return False
    found = subprocess.run(["docker", "image", "inspect", name], capture_output=True, check=False)
    return found.returncode == 0


def run(tool: str, *arguments: str, given: str = "") -> Finished:
    """Run `promtool` or `amtool` in the folder of the configuration, `given` on its standard input."""
    done = subprocess.run(
        [*_command(tool), *arguments],
        cwd=MONITORING,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    return Finished(done.args, done.returncode, done.stdout + done.stderr)


def lacks(what: str) -> NoReturn:
    """Skip the test; in CI, or where REQUIRE_PROMETHEUS is set, a lack is a failure."""
    required = os.environ.get("CI") or os.environ.get("REQUIRE_PROMETHEUS")
    (pytest.fail if required else pytest.skip)(what)


def files(folder: str) -> list[str]:
    """List the YAML files of a folder below, as the tools are told them."""
    return sorted(str(path.relative_to(MONITORING)) for path in Path(MONITORING, folder).glob("*.yml"))


def _command(tool: str) -> list[str]:
    if shutil.which(tool):
        return [tool]
    name = image(_IMAGES[tool])
    if not has_image(name):
        lacks(f"no {tool}, and no image to run it from: docker pull {name}")
    mount = f"{MONITORING}:/monitoring:ro"
    return [
        "docker", "run", "--rm", "--interactive", "--network=none", "--volume", mount,
        "--workdir=/monitoring", "--entrypoint", tool, name,
    ]  # fmt: skip
