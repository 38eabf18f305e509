"""Find an nginx on this machine, or unpack Debian's into a cache folder, which needs no root.

`find()` looks on PATH first. Failing that it downloads the distribution's package, and the shared libraries
that the machine lacks, with the machine's own apt sources, and unpacks them without installing anything.
"""

import functools
import os
import shutil
import subprocess
from dataclasses import dataclass, field

from tests.debian import UnavailableError, unpacked

BINARY = "usr/sbin/nginx"
SBIN = "/usr/local/sbin:/usr/sbin:/sbin"  # where packages put nginx, and where a user's PATH does not look


@dataclass(frozen=True)
class Nginx:
    path: str
    env: dict[str, str] = field(default_factory=dict)
    """What the environment must hold for the binary to find its libraries."""

    @property
    def version(self) -> str:
        return self.run("-v").stderr.strip().rpartition("/")[2]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the binary to its end, whatever that is."""
        env = os.environ | self.env
        return subprocess.run([self.path, *arguments], env=env, capture_output=True, text=True, check=False)


@functools.cache
def find() -> Nginx:
    """Answer with a binary that runs; raise UnavailableError otherwise."""
    search = os.environ.get("PATH", os.defpath) + ":" + SBIN
    if path := shutil.which("nginx", path=search):
        return Nginx(path)
    try:
        folder = unpacked("nginx", BINARY)
    except UnavailableError as error:
        raise UnavailableError(f"nginx is not on PATH, and {error}") from error
    libraries = ":".join(str(path) for path in sorted(folder.glob("**/lib/*-linux-*")))
    return Nginx(str(folder / BINARY), {"LD_LIBRARY_PATH": libraries})
