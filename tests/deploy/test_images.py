"""The built images: what is in them, and what is not. Needs a Docker engine."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.deploy.images import BUILT, TARGETS, build, remove, tag
from tests.e2e.targets.compose import docker

NGINX_COMMAND = ("nginx", "-p", "/etc/nginx", "-e", "stderr", "-t")
AS_COMPOSED = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges:true", "--network=none")


@pytest.fixture(scope="module", name="images", autouse=True)
def _images() -> Iterator[None]:
    build()
    yield
    remove()


def run(
    target: str, *command: str, options: tuple[str, ...] = AS_COMPOSED
) -> subprocess.CompletedProcess[str]:
    """Run a command instead of the image's own."""
    entrypoint, *arguments = command
    line = ["docker", "run", "--rm", *options, "--entrypoint", entrypoint, tag(target), *arguments]
    return subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)


def config(target: str) -> dict[str, Any]:
    facts: list[dict[str, dict[str, Any]]] = json.loads(docker("image", "inspect", tag(target)))
    return facts[0]["Config"]


@pytest.mark.parametrize("target", TARGETS)
def test_runs_as_nobody_in_particular(target: str) -> None:
    assert config(target)["User"] == "10001:10001"


@pytest.mark.parametrize("target", TARGETS)
def test_says_how_to_probe_it_without_a_shell(target: str) -> None:
    probe = config(target)["Healthcheck"]
    assert probe["Test"][0] == "CMD"
    assert probe["StartInterval"] < probe["Interval"]


@pytest.mark.parametrize(("target", "asked"), [("service", "healthcheck"), ("nginx", "/-/alive")])
def test_its_own_probe_asks_only_whether_it_is_alive(target: str, asked: str) -> None:
    """Whoever restarts what is not healthy must not restart what drains, or what waits for another."""
    assert config(target)["Healthcheck"]["Test"][-1].endswith(asked)


@pytest.mark.parametrize("target", TARGETS)
def test_says_what_it_was_built_from(target: str) -> None:
    labels = config(target)["Labels"]
    assert labels["org.opencontainers.image.revision"] == BUILT["REVISION"]
    assert labels["org.opencontainers.image.created"] == BUILT["CREATED"]


def test_service_knows_what_it_was_built_from() -> None:
    told = run("service", "python", "-c", "from service.build import read_build; print(*read_build()[1:])")
    assert told.stdout.split() == list(BUILT.values())


@pytest.mark.parametrize(("target", "signal"), [("service", "SIGTERM"), ("nginx", "SIGQUIT")])
def test_is_stopped_gracefully(target: str, signal: str) -> None:
    assert config(target)["StopSignal"] == signal


def test_service_is_the_first_process() -> None:
    """A shell in between would keep SIGTERM for itself."""
    assert config("service")["Entrypoint"] == ["python", "-m", "service"]


@pytest.mark.parametrize(
    ("target", "folder"), [("service", "/app"), ("service", "/opt/venv"), ("nginx", "/etc/nginx")]
)
def test_owns_nothing_that_it_runs(target: str, folder: str) -> None:
    found = run(target, "find", folder, "-writable", "-not", "-type", "l", options=("--network=none",))
    folders = {f"/etc/nginx/{name}" for name in ("run", "cache", "log", "decisions")}
    assert set(found.stdout.split()) <= folders, found.stderr


def test_service_image_holds_the_package_and_its_environment_only() -> None:
    listed = run("service", "find", "/app", "-maxdepth", "1")
    assert set(listed.stdout.split()) == {"/app", "/app/service"}


@pytest.mark.parametrize("module", ["pip", "pytest"])
def test_service_image_cannot_install_or_test(module: str) -> None:
    tried = run("service", "python", "-c", f"import {module}")
    assert "ModuleNotFoundError" in tried.stderr


def test_bytecode_is_there_for_a_container_that_cannot_write_it() -> None:
    sources = run("service", "find", "/app", "-name", "*.py").stdout.split()
    compiled = run("service", "find", "/app", "-name", "*.cpython-313.pyc").stdout.split()
    assert sources
    assert len(compiled) == len(sources)


def test_nothing_is_compiled_at_the_start() -> None:
    """Neither for the service nor for a health check: not even of Python's own library."""
    code = """
import os, sys
import service.__main__, service.app, service.server, encodings.idna
cached = [module.__spec__.cached for module in sys.modules.values() if getattr(module, "__spec__", None)]
print([path for path in cached if path and not os.path.exists(path)], len(cached) > 500)
"""
    looked = run("service", "python", "-c", code)
    assert looked.stdout.strip() == "[] True", looked.stderr


def test_nginx_configuration_is_rendered_and_valid() -> None:
    mounts = (f"--tmpfs=/etc/nginx/{name}:uid=10001,gid=10001,mode=0700" for name in ("run", "cache", "log"))
    options = (*AS_COMPOSED, *mounts)
    checked = run("nginx", "/docker-entrypoint.sh", *NGINX_COMMAND, options=options)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr


def test_nginx_does_not_start_where_it_cannot_render() -> None:
    checked = run("nginx", "/docker-entrypoint.sh", *NGINX_COMMAND)
    assert checked.returncode != 0
    assert "/etc/nginx/run/shutdown.conf" in checked.stderr
