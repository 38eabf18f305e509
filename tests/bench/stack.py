"""The composed stack under test, and beside it nginx alone, made of the same image."""

import json
import re
from pathlib import Path

from tests.bench.files import File, Library
from tests.e2e.targets import ROOT
from tests.e2e.targets.compose import Compose, docker

FOLDER = Path("tests/bench")
SAME = {
    "processes": "worker_processes",
    "files": "worker_rlimit_nofile",
    "connections": "worker_connections",
}
"""What nginx static has from our own configuration."""


LOGS = {"BENCH_STATIC_CONF": "off", "BENCH_LOGGED_CONF": "/dev/stdout main"}
"""nginx static without an access log, and with the one that the image has."""


def static_configuration(template: str, ours: str, log: str) -> str:
    """Fill in the limits that our own nginx.conf states."""
    stated = {"log": log}
    for name, directive in SAME.items():
        found = re.search(rf"^\s*{directive}\s+(\w+);", ours, re.MULTILINE)
        if found is None:
            raise ValueError(f"nginx.conf states no {directive}")
        stated[name] = found[1]
    return template % stated


class Composed(Compose):
    """As shipped: the project's compose file, its defaults, its logs and its counting."""

    def __init__(self, library: Library, file: File) -> None:
        template = (ROOT / FOLDER / "static.conf").read_text()
        ours = (ROOT / "nginx/nginx.conf").read_text()
        settings = {"VIDEO_FEATURED": file.name, "BENCH_STATIC_MEDIA": str(library.unwatched)}
        for name, log in LOGS.items():
            conf = library.scratch / f"{name}.conf"
            conf.write_text(static_configuration(template, ours, log))
            conf.chmod(0o644)
            settings[name] = str(conf)
        super().__init__(library.media, settings)

    def compose(self, *arguments: str, timeout: float = 120) -> str:
        return super().compose("-f", str(FOLDER / "compose.yml"), *arguments, timeout=timeout)

    def feature(self, file: File) -> None:
        """Start nginx and the service anew with another film; nginx alone serves all of them."""
        self._env["VIDEO_FEATURED"] = file.name
        self.compose("up", "--detach", "--wait", "--force-recreate", "--no-deps", "service", "nginx", "quiet")
        self.container = self._current_container()

    def containers(self) -> dict[str, tuple[str, int]]:
        """Say each container's id and the process that it began with, by the service's name."""
        facts = json.loads(docker("inspect", *self.compose("ps", "--quiet").split()))
        label = "com.docker.compose.service"
        return {fact["Config"]["Labels"][label]: (fact["Id"], fact["State"]["Pid"]) for fact in facts}

    def nginx_version(self) -> str:
        container = self.compose("ps", "--quiet", "static").strip()
        return docker("exec", container, "sh", "-c", "nginx -v 2>&1").strip().rpartition("/")[2]
