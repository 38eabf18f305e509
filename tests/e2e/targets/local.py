"""nginx in front of the service, both as plain processes, with the configuration that the container has."""

import os
import shutil
import signal
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from tests import nginx_binary, nginx_config
from tests.debian import UnavailableError
from tests.e2e.targets import ROOT, Stack, family
from tests.e2e.targets.process import LoggedProcess, clean_environment, free_port
from tests.e2e.targets.service import Service

SMALL_BUFFER = "sndbuf=128k"
"""Instead of the container's sysctl: where the kernel buffers much, a slow viewer looks stalled to nginx."""


def missing() -> str | None:
    try:
        nginx_binary.find()
    except UnavailableError as error:
        return str(error)
    return None


def start(media: Path | None, settings: dict[str, str]) -> Stack:
    return Local(media, settings)


class Local(Stack):
    """What is asked of the Python process, the service target answers."""

    name = "local"
    decision_lifetime = 3.0
    file_reuse = 1.0
    kept_files = 24  # of four processes, for three seconds or so
    metrics_delay = 2.0

    def __init__(self, media: Path | None, settings: dict[str, str]) -> None:
        self.media = media
        self._folder = Path(tempfile.mkdtemp(prefix="video-nginx-"))
        log = self._folder / "log/deliveries.log"
        log.parent.mkdir()
        decisions = self._folder / "decisions"
        decisions.mkdir()
        shared = {"VIDEO_DELIVERY_LOG": str(log), "VIDEO_DECISIONS": str(decisions)}
        self._service = Service(media, settings | shared)
        self._listen = f"127.0.0.1:{free_port()}"
        self.base_url = f"http://{self._listen}"
        try:
            self._start_nginx(settings)
        except BaseException:
            self._service.stop()
            raise

    def _start_nginx(self, settings: dict[str, str]) -> None:
        addresses = {
            "NGINX_PORT": f"{self._listen} {SMALL_BUFFER}",
            "VIDEO_UPSTREAM": urlsplit(self._service.base_url).netloc,
        }
        self._conf = nginx_config.render(self._folder, settings | addresses)
        try:
            self._run_nginx()
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def _run_nginx(self) -> None:
        nginx = nginx_binary.find()
        self._nginx = LoggedProcess(
            nginx_config.command(nginx, self._conf),
            clean_environment(**nginx.env),
            self._folder / "nginx.log",
            cwd=ROOT,
        )
        try:
            self._nginx.wait_healthy(f"{self.base_url}/healthz")
        except BaseException:
            self._nginx.stop()
            raise

    def service_pid(self) -> int | None:
        return self._service.service_pid()

    def nginx_pids(self) -> list[int]:
        return family(self._nginx.pid)

    def terminate_service(self) -> None:
        self._service.terminate_service()

    def wait_service(self, timeout: float) -> int:
        return self._service.wait_service(timeout)

    def restart_service(self) -> None:
        self._service.restart_service()

    def kill_service(self) -> None:
        self._service.kill_service()

    def kill_nginx(self) -> None:
        super().kill_nginx()
        self._nginx.wait(5)

    def revive(self) -> None:
        if not self._service.is_running:
            self._service.restart_service()
        if not self._nginx.is_running:
            self._run_nginx()

    def folder_of_nginx(self, name: str) -> Path:
        return self._folder / name

    def reload_nginx(self) -> None:
        os.kill(self._nginx.pid, signal.SIGHUP)

    def logs(self) -> str:
        return self._service.logs() + self._nginx.log.read_text(errors="replace")

    def stop(self) -> None:
        self._nginx.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._service.stop()
