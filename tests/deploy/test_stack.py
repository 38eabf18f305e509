"""The Swarm stack: as `docker stack config` reads it, and deployed on a swarm of one node."""

import json
import os
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.e2e.targets import ROOT, compose
from tests.e2e.targets.compose import UP_TIMEOUT, docker
from tests.e2e.targets.process import answers, clean_environment, free_port, wait_until

pytestmark = pytest.mark.first
NAME = f"video-stack-{os.getpid()}"
SERVICES = ("service", "nginx")
OF_THE_HOST = {"VIDEO_BIND", "NGINX_PORT"}
"""Where they listen: there is one network for all."""


def run(*arguments: str, **environment: str) -> str:
    """Run `docker stack` with both files or the first of them."""
    done = subprocess.run(
        ["docker", "stack", *arguments],
        cwd=ROOT, env=clean_environment(MEDIA_DIR=str(ROOT / "service/sample"), **environment),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(name="services", scope="module")
def _services() -> Any:
    if lack := compose.missing():
        pytest.skip(lack)
    return yaml.safe_load(run("config", "-c", "deploy/stack.yml"))["services"]


@pytest.fixture(name="composed", scope="module")
def _composed() -> Any:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def names(environment: Any) -> set[str]:
    return {str(entry).partition("=")[0] for entry in environment}


@pytest.mark.parametrize("name", SERVICES)
def test_every_setting_of_compose_is_passed_on(services: Any, composed: Any, name: str) -> None:
    passed = names(services[name]["environment"])
    assert passed - OF_THE_HOST == names(composed[name]["environment"])


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("field", ["user", "read_only", "cap_drop", "stop_grace_period", "logging"])
def test_is_hardened_as_in_compose(services: Any, composed: Any, name: str, field: str) -> None:
    found, expected = services[name][field], composed[name][field]
    assert found == {"2m": "2m0s"}.get(str(expected), expected)


def test_the_pair_lands_together(services: Any) -> None:
    """On every node that is labelled, one of each."""
    pair = [services[name]["deploy"] for name in SERVICES]
    assert {deployed["mode"] for deployed in pair} == {"global"}
    assert pair[0]["placement"] == pair[1]["placement"] != {}


@pytest.mark.parametrize("name", SERVICES)
def test_one_node_after_the_other_and_back_on_failure(services: Any, name: str) -> None:
    update = services[name]["deploy"]["update_config"]
    assert (update["parallelism"], update["order"]) == (1, "stop-first")
    assert update["failure_action"] == "rollback"


def test_the_overlay_mounts_the_key_for_nginx_alone() -> None:
    if lack := compose.missing():
        pytest.skip(lack)
    text = run("config", "-c", "deploy/stack.yml", "-c", "deploy/stack.tls.yml")
    services = yaml.safe_load(text)["services"]
    assert [name for name in services if services[name].get("secrets")] == ["nginx"]
    assert {secret["mode"] for secret in services["nginx"]["secrets"]} == {0o400}


class Swarm:
    """The stack on a swarm that this machine's engine is for as long, on ports of loopback's choice."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {"HTTP_PORT": str(self.port), "SERVICE_PORT": str(free_port())}
        for name in SERVICES:
            image = f"{NAME}:{name}"
            build = ("build", "--quiet", "--file", "deploy/Dockerfile", "--target", name, "--tag", image)
            docker(*build, str(ROOT), timeout=UP_TIMEOUT)
            self.environment[f"{name.upper()}_IMAGE"] = image

    def deploy(self, **settings: str) -> None:
        options = ("--detach=true", "--resolve-image=never", "-c", "deploy/stack.yml")
        run("deploy", *options, NAME, **self.environment, **settings)

    def containers(self) -> list[str]:
        label = f"label=com.docker.stack.namespace={NAME}"
        return docker("ps", "--all", "--quiet", "--filter", label).split()

    def remove(self) -> None:
        run("rm", NAME)
        wait_until(lambda: not self.containers(), 60, "the stack is gone")
        volumes = docker("volume", "ls", "--quiet", "--filter", f"name={NAME}_").split()
        docker("volume", "rm", *volumes)


@pytest.fixture(name="swarm", scope="module")
def _swarm() -> Iterator[Swarm]:
    if lack := compose.missing():
        pytest.skip(lack)
    if docker("info", "--format", "{{.Swarm.LocalNodeState}}").strip() != "inactive":
        pytest.skip("the Docker engine is in a swarm already, which is not this test's")
    if docker("ps", "--quiet", "--filter", "label=com.docker.compose.project"):
        pytest.skip("composed stacks are running, whose names the engine would forget as it leaves the swarm")
    swarm, networks = Swarm(), docker("network", "ls", "--quiet").split()
    try:
        docker("swarm", "init", "--advertise-addr=127.0.0.1", f"--listen-addr=127.0.0.1:{free_port()}")
    except AssertionError as error:
        pytest.skip(f"the Docker engine cannot be a swarm: {error}")
    try:
        docker("node", "update", "--label-add", "video=true", docker("node", "ls", "--quiet").strip())
        swarm.deploy()
        wait_until(lambda: answers(f"{swarm.url}/readyz"), 90, "the stack is ready")
        yield swarm
        swarm.remove()
    finally:
        docker("swarm", "leave", "--force")
        bridges = docker("network", "ls", "--quiet", "--filter", "name=docker_gwbridge").split()
        if left := set(bridges) - set(networks):
            docker("network", "rm", *left)
        docker("image", "rm", *(f"{NAME}:{name}" for name in SERVICES))


def test_keeps_the_contract_on_a_port_of_the_node(swarm: Swarm) -> None:
    done = subprocess.run([ROOT / "deploy/smoke", swarm.url], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_runs_as_hardened_as_it_says(swarm: Swarm) -> None:
    for container in swarm.containers():
        facts = json.loads(docker("inspect", container))[0]
        assert facts["Config"]["User"] == "10001:10001"
        assert facts["HostConfig"]["ReadonlyRootfs"]
        assert facts["HostConfig"]["CapDrop"] == ["ALL"]
        assert facts["HostConfig"]["PidsLimit"] <= 128


def test_an_update_takes_effect(swarm: Swarm) -> None:
    swarm.deploy(VIDEO_CACHE_MAX_AGE="7")

    def told() -> bool:
        found = subprocess.run(
            ["curl", "--silent", "--head", f"{swarm.url}/video.mp4"],
            capture_output=True,
            text=True,
            check=False,
        )
        return "max-age=7" in found.stdout

    wait_until(told, 90, "the new setting is in the answers")
