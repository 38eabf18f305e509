"""Helpers for targets that are processes of this machine."""

import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import requests


def free_port() -> int:
    """Find a port below the ephemeral range: no outgoing connection takes it while a server restarts."""
    for port in random.sample(range(20000, 32000), 200):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port between 20000 and 32000")


def clean_environment(**extra: str) -> dict[str, str]:
    """Copy the caller's environment without any setting of the product in it."""
    ours = (
        "VIDEO_",
        "COMPOSE_",
        "NGINX_",
        "HTTP_PORT",
        "HTTPS_PORT",
        "TLS_DIR",
        "MEDIA_DIR",
        "PROMETHEUS_",
        "ALERTMANAGER_",
        "GRAFANA_",
    )
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | extra


def wait_until(holds: Callable[[], object], timeout: float, what: str) -> None:
    """Poll until `holds()` is true; after `timeout` seconds fail and say `what` did not happen."""
    deadline = time.monotonic() + timeout
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout:g} s: {what}")
        time.sleep(0.05)


def answers(url: str) -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(url, timeout=2).status_code == 200
        except requests.RequestException:
            return False


class LoggedProcess:
    """A child whose output goes to a file: a pipe that nobody reads would stop it."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], log: Path, cwd: Path) -> None:
        self.log = log
        with log.open("ab") as output:
            self._child = subprocess.Popen(
                command, cwd=cwd, env=dict(env), stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def is_running(self) -> bool:
        return self._child.poll() is None

    def wait_healthy(self, url: str, timeout: float = 20) -> None:
        def ready() -> bool:
            if (code := self._child.poll()) is not None:
                raise AssertionError(
                    f"exited with {code} instead of serving:\n{self.log.read_text()[-4000:]}"
                )
            return answers(url)

        wait_until(ready, timeout, f"an answer from {url}")

    def terminate(self) -> None:
        self._child.send_signal(signal.SIGTERM)

    def wait(self, timeout: float) -> int:
        return self._child.wait(timeout)

    def stop(self, timeout: float = 5) -> None:
        """SIGTERM, and SIGKILL for whoever does not listen."""
        self.terminate()
        try:
            self.wait(timeout)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self.wait(timeout)
