"""Find an nginx on this machine, or unpack Debian's into a cache folder, which needs no root.

`find()` looks on PATH first. Failing that it downloads the distribution's package, and the shared libraries
that the machine lacks, with the machine's own apt sources, and unpacks them without installing anything.
"""

import functools
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "video-origin"
NEEDED = ("apt-get", "apt-cache", "dpkg-deb", "ldd")
SBIN = "/usr/local/sbin:/usr/sbin:/sbin"  # where packages put nginx, and where a user's PATH does not look


class UnavailableError(Exception):
    """No nginx can be had here; the message says in one line what is missing."""


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
    if absent := [tool for tool in NEEDED if not shutil.which(tool)]:
        raise UnavailableError(
            f"nginx is not on PATH, and its package cannot be unpacked without {absent[0]}"
        )
    return _unpacked()


def _unpacked() -> Nginx:
    folder = CACHE / "nginx"
    if not folder.exists():
        _unpack_into(folder)
    libraries = ":".join(str(path) for path in sorted(folder.glob("**/lib/*-linux-*")))
    return Nginx(str(folder / "usr/sbin/nginx"), {"LD_LIBRARY_PATH": libraries})


def _unpack_into(folder: Path) -> None:
    """Make the folder whole or not at all: another run may be looking for it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        tree = Path(scratch, "tree")
        apt = _apt(Path(scratch))
        _fetch(apt, ["nginx"], tree)
        binary = tree / "usr/sbin/nginx"
        if not binary.exists():
            raise UnavailableError("no nginx on PATH, and the distribution's package holds no binary")
        if lacking(binary):
            _fetch(apt, _library_packages(apt), tree)
        if not folder.exists():
            tree.rename(folder)


def lacking(binary: Path) -> list[str]:
    """List the shared libraries that the machine does not have."""
    listed = subprocess.run(["ldd", str(binary)], capture_output=True, text=True, check=True).stdout
    return re.findall(r"^\s*(\S+) => not found", listed, re.MULTILINE)


def _apt(scratch: Path) -> list[str]:
    """Options that keep apt within a folder of ours; the machine's sources and keys stay in use."""
    lists = scratch / "lists"
    (lists / "partial").mkdir(parents=True)
    options = [f"-oDir::State::Lists={lists}", f"-oDir::Cache={scratch}", "-oAPT::Sandbox::User=", "-qq"]
    _run(["apt-get", *options, "update"], cwd=scratch)
    return options


def _fetch(apt: Sequence[str], packages: Iterable[str], tree: Path) -> None:
    tree.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=tree.parent) as debs:
        _run(["apt-get", *apt, "download", *packages], cwd=Path(debs))
        for deb in Path(debs).glob("*.deb"):
            _run(["dpkg-deb", "-x", str(deb), str(tree)], cwd=tree)


def _library_packages(apt: Sequence[str]) -> list[str]:
    """List the libraries that nginx depends on, except the C library, which must be the machine's own."""
    depends = _run(["apt-cache", *apt, "depends", "--no-recommends", "--no-suggests", "nginx"], cwd=CACHE)
    named = set(re.findall(r"Depends: (lib[\w.+-]+)", depends))
    return sorted(named - {"libc6"})


def _run(command: Sequence[str], cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise UnavailableError(f"no nginx on PATH, and {command[0]} cannot fetch it: {reason}")
    return done.stdout
