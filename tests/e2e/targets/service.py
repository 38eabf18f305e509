"""The service alone: one Python process on a free port."""

import shutil
import sys
import tempfile
from pathlib import Path

from tests.e2e.targets import ROOT, Stack
from tests.e2e.targets.process import LoggedProcess, clean_environment, free_port


def missing() -> str | None:
    return None


def start(media: Path | None, settings: dict[str, str]) -> Stack:
    return Service(media, settings)


class Service(Stack):
    name = "service"

    def __init__(self, media: Path | None, settings: dict[str, str]) -> None:
        self.media = media
        bind = f"127.0.0.1:{free_port()}"
        self.base_url = f"http://{bind}"
        self._env = clean_environment(VIDEO_BIND=bind, **settings)
        if media is not None:
            self._env["VIDEO_MEDIA_ROOT"] = str(media)
        self._folder = Path(tempfile.mkdtemp(prefix="video-service-"))
        try:
            self._process = self._run()
        except BaseException:
            shutil.rmtree(self._folder)
            raise

    def _run(self) -> LoggedProcess:
        command = [sys.executable, "-m", "service"]
        process = LoggedProcess(command, self._env, self._folder / "service.log", cwd=ROOT)
        try:
            process.wait_healthy(f"{self.base_url}/healthz")
        except BaseException:
            process.stop()
            raise
        return process

    @property
    def is_running(self) -> bool:
        return self._process.is_running

    def service_pid(self) -> int:
        return self._process.pid

    def terminate_service(self) -> None:
        self._process.terminate()

    def wait_service(self, timeout: float) -> int:
        return self._process.wait(timeout)

    def restart_service(self) -> None:
        self._process.stop()
        self._process = self._run()

    def kill_service(self) -> None:
        super().kill_service()
        self._process.wait(5)

    def revive(self) -> None:
        self.restart_service()

    def logs(self) -> str:
        return self._process.log.read_text()

    def stop(self) -> None:
        self._process.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
