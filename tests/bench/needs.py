"""What the benchmark needs of the machine, and the one tool that it installs."""

import os
import resource
import shutil
import subprocess
import sys

from tests.e2e.targets import compose


def lack() -> str | None:
    """Say in one line what is missing, or nothing."""
    if sys.platform != "linux":
        return "Linux is needed: the load is made inside of the containers' network namespaces"
    if os.geteuid() != 0:
        return "root is needed: the load is made inside of the containers' network namespaces"
    if shutil.which("nsenter") is None:
        return "there is no nsenter command (package util-linux)"
    return compose.missing() or _no_wrk()


def _no_wrk() -> str | None:
    if shutil.which("wrk"):
        return None
    if shutil.which("apt-get") is None:
        return "there is no wrk command, and no apt-get to install it with"
    for command in ("update", "install -y --no-install-recommends wrk"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        arguments = ["apt-get", "-qq", *command.split()]
        subprocess.run(arguments, env=environment, capture_output=True, check=False)
    return None if shutil.which("wrk") else "there is no wrk command, and apt-get could not install it"


def allow_many_files() -> None:
    """Let the children hold a connection for each viewer."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
