"""What the suite runs against.

A target is one file here with two functions, `missing()`, which says in one line what this machine lacks
(None: nothing), and `start(media, settings)`, which answers with a running `Stack`. Each test sees a `Stack`
only, so it cannot tell how many processes or containers stand behind the URL.
"""

import os
import signal
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).parents[3]


class Stack(ABC):
    """One running instance of the product; targets inherit from it."""

    name: str
    base_url: str
    media: Path | None
    """The folder that the test may write to; None when the bundled sample is served."""
    decision_lifetime: float = 0.0
    """For how many seconds nginx may act on what it knows of a film that was replaced meanwhile."""
    file_reuse: float = 0.0
    """For how many seconds at most it sends of a file that it has open, although another took its place."""
    kept_files: int = 0
    """How many times at most it has a file open that nobody is being sent."""
    metrics_delay: float = 0.0
    """After how many seconds at most the metrics know of a delivery that has ended."""

    @property
    def direct_url(self) -> str:
        """The URL for tests that watch how fast bytes go: nothing that buffers may stand before it."""
        return self.base_url

    def get(self, path: str, **kwargs: Any) -> requests.Response:
        """GET on a connection of its own; no proxy of the environment stands between."""
        with requests.Session() as session:
            session.trust_env = False
            return session.get(self.base_url + path, timeout=kwargs.pop("timeout", 30), **kwargs)

    @abstractmethod
    def service_pid(self) -> int | None:
        """Say under which pid this machine knows the Python process; None if it cannot be known."""

    @abstractmethod
    def terminate_service(self) -> None:
        """Send SIGTERM to the Python process and do not wait."""

    @abstractmethod
    def wait_service(self, timeout: float) -> int:
        """Wait for the end of the Python process; the answer is its exit code."""

    @abstractmethod
    def restart_service(self) -> None:
        """Put a new Python process in the place of the old one and wait until it is healthy."""

    def replace_service(self) -> None:
        """As `restart_service`, but let the old process finish what runs."""
        self.terminate_service()
        self.wait_service(60)
        self.restart_service()

    def roll(self) -> None:
        """Replace the service by `deploy/roll`."""
        raise NotImplementedError(f"the target {self.name} has one replica")

    def stop_nginx(self) -> int:
        """End nginx gracefully and wait; the answer is its exit code."""
        raise NotImplementedError(f"no container of nginx belongs to the target {self.name}")

    def start_nginx(self) -> None:
        """Bring it back."""
        raise NotImplementedError(f"no container of nginx belongs to the target {self.name}")

    def reload_nginx(self) -> None:
        """Have nginx read its configuration anew: new workers take over from the old."""
        raise NotImplementedError(f"no nginx belongs to the target {self.name}")

    def kill_service(self) -> None:
        """Have the kernel end the Python process, as it does when memory is short."""
        pid = self.service_pid()
        assert pid, "there is a process"
        os.kill(pid, signal.SIGKILL)

    def kill_nginx(self) -> None:
        """End all of nginx's processes in the same way."""
        for pid in self.nginx_pids():
            with suppress(ProcessLookupError):  # the first of a container takes the others along
                os.kill(pid, signal.SIGKILL)

    def revive(self) -> None:
        """Wait until what was killed runs again; start it where nobody else does."""
        raise NotImplementedError(f"nothing can be killed of the target {self.name}")

    def folder_of_nginx(self, name: str) -> Path:
        """Say where this machine finds a folder that nginx works in: `cache` or `log`."""
        raise NotImplementedError(f"no nginx belongs to the target {self.name}")

    @abstractmethod
    def logs(self) -> str:
        """Everything that the processes have written so far."""

    @abstractmethod
    def stop(self) -> None:
        """End everything and leave nothing behind."""

    def metrics(self) -> str:
        response = self.get("/metrics")
        response.raise_for_status()
        return response.text

    def nginx_pids(self) -> list[int]:
        """Say under which pids this machine knows nginx's processes, where there are any."""
        return []

    def open_files(self) -> list[str]:
        """Name what the Python process and nginx hold open, as the kernel does."""
        folders = [self._proc() / "fd", *(Path(f"/proc/{pid}/fd") for pid in self.nginx_pids())]
        return [name for folder in folders for link in folder.iterdir() if (name := _readlink(link))]

    def rss(self) -> int:
        """Measure the Python process's resident memory in bytes."""
        return _rss(self._proc())

    def rss_of_nginx(self) -> int:
        """Measure that of all of nginx's processes; what they share counts for each."""
        return sum(_rss(Path(f"/proc/{pid}")) for pid in self.nginx_pids())

    def _proc(self) -> Path:
        proc = Path(f"/proc/{self.service_pid()}")
        if not os.access(proc / "fd", os.R_OK):
            pytest.skip("the service's process cannot be looked into from here (no /proc, or another user's)")
        return proc


def _rss(proc: Path) -> int:
    return int((proc / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def family(pid: int) -> list[int]:
    """List a process and its children."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # it has just ended
        return []
    return [pid, *map(int, children)]


def _readlink(link: Path) -> str | None:
    """Follow a link of /proc; the descriptor may be closed between listing and reading."""
    try:
        return str(link.readlink())
    except FileNotFoundError:
        return None
