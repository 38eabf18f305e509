"""The composed stack: nginx and the service in containers, started the way the README says."""

import itertools
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.e2e.targets import ROOT, Stack, family
from tests.e2e.targets.process import answers, clean_environment, free_port, wait_until

UP_TIMEOUT = 600  # the first build installs the locked packages
_numbers = itertools.count(1)


def missing() -> str | None:
    if shutil.which("docker") is None:
        return "there is no docker command"
    for command, lack in (("compose version", "no compose plugin"), ("info", "no Docker engine answers")):
        if subprocess.run(["docker", *command.split()], capture_output=True, check=False).returncode:
            return lack
    return None


def start(media: Path | None, settings: dict[str, str]) -> Stack:
    return Compose(media, settings)


def docker(*arguments: str, timeout: float = 60) -> str:
    """Run docker and answer with what it printed; its own words are in the failure."""
    command = ["docker", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    if done.returncode:
        raise AssertionError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr[-4000:]}")
    return done.stdout


class Compose(Stack):
    name = "compose"
    decision_lifetime = 3.0
    file_reuse = 1.0
    kept_files = 24  # of four processes, for three seconds or so
    metrics_delay = 2.0
    files: Sequence[str] = ("docker-compose.yml",)

    def __init__(self, media: Path | None, settings: dict[str, str]) -> None:
        self.media = media
        self.project = f"video-e2e-{os.getpid()}-{next(_numbers)}"
        port = free_port()
        self.base_url = f"http://127.0.0.1:{port}"
        self._env = clean_environment(HTTP_PORT=str(port), **settings)
        if media is not None:
            self._env["MEDIA_DIR"] = str(media)
        try:
            self.compose("up", "--build", "--wait", "--wait-timeout", "90", timeout=UP_TIMEOUT)
        except BaseException:
            print(self.logs())  # noqa: T201
            self.stop()
            raise
        self.container = self._current_container()

    def compose(self, *arguments: str, timeout: float = 120) -> str:
        """Run `docker compose` without the developer's .env and override file."""
        files = [word for file in self.files for word in ("-f", file)]
        options = ["-p", self.project, *files, "--env-file", os.devnull]
        done = subprocess.run(
            ["docker", "compose", *options, *arguments],
            cwd=ROOT, env=self._env, capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip
        if done.returncode:
            raise AssertionError(f"compose {' '.join(arguments)}: {done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout

    @cached_property
    def direct_url(self) -> str:
        """Connect to nginx's container itself, as the packets of a client from elsewhere do.

        For loopback clients Docker's userland proxy stands between: it swallows megabytes and passes a slow
        reader's pauses on to nginx by the minute.
        """
        container = self.compose("ps", "--quiet", "nginx").strip()
        networks = json.loads(docker("inspect", container))[0]["NetworkSettings"]["Networks"]
        url = f"http://{networks[f'{self.project}_edge']['IPAddress']}:8080"
        # on a desktop the containers' network is another machine's, out of reach
        return url if answers(f"{url}/healthz") else self.base_url

    def _current_container(self) -> str:
        return self.compose("ps", "--all", "--quiet", "service").strip()

    def inspect(self) -> dict[str, Any]:
        """Ask the engine what it knows about the service's container."""
        facts: list[dict[str, Any]] = json.loads(docker("inspect", self.container))
        return facts[0]

    def service_pid(self) -> int | None:
        pid = int(self.inspect()["State"]["Pid"])
        if pid == 0 or not Path(f"/proc/{pid}").exists():
            return None
        # With `init: true` the first process is an init and Python its only child.
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        is_python = b"service" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[1:3]
        return pid if is_python or not children else int(children[0])

    def nginx_pids(self) -> list[int]:
        container = self.compose("ps", "--quiet", "nginx").strip()
        pid = int(docker("inspect", "--format", "{{.State.Pid}}", container))
        return family(pid) if pid and Path(f"/proc/{pid}").exists() else []

    def terminate_service(self) -> None:
        docker("kill", "--signal", "TERM", self.container)

    def wait_service(self, timeout: float) -> int:
        return int(docker("wait", self.container, timeout=timeout))

    def restart_service(self) -> None:
        """Recreate the container: an address of its own again, which nginx has to learn."""
        self.compose("up", "--detach", "--no-deps", "--force-recreate", "--wait", "service")
        self.container = self._current_container()
        wait_until(lambda: answers(f"{self.base_url}/healthz"), 20, "nginx finds the new container")

    def replace_service(self) -> None:
        self.restart_service()

    def roll(self) -> None:
        ours = {
            "COMPOSE_PROJECT_NAME": self.project,
            "COMPOSE_FILE": "docker-compose.yml",
            "COMPOSE_ENV_FILES": os.devnull,
        }
        done = subprocess.run(
            ["deploy/roll"],
            cwd=ROOT, env=self._env | ours, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        self.container = self._current_container()

    def stop_nginx(self) -> int:
        container = self.compose("ps", "--quiet", "nginx").strip()
        self.compose("stop", "nginx")
        return int(docker("inspect", "--format", "{{.State.ExitCode}}", container))

    def start_nginx(self) -> None:
        self.compose("up", "--detach", "--no-deps", "--wait", "nginx")
        self.__dict__.pop("direct_url", None)  # its address may be another one

    def revive(self) -> None:
        """Leave it to the engine (`restart: unless-stopped`)."""
        wait_until(
            lambda: self.service_pid() and self.nginx_pids() and answers(f"{self.base_url}/healthz"),
            60,
            "the engine has started again what was killed",
        )

    def folder_of_nginx(self, name: str) -> Path:
        return Path(f"/proc/{self.nginx_pids()[0]}/root/etc/nginx", name)

    def reload_nginx(self) -> None:
        self.compose("exec", "--no-TTY", "nginx", "sh", "-c", "kill -HUP 1")

    def logs(self) -> str:
        return self.compose("logs", "--no-color", "--no-log-prefix")

    def stop(self) -> None:
        self.compose("down", "--volumes", "--rmi", "local", "--remove-orphans", "--timeout", "3")
