"""Unpack a package of the distribution into a cache folder, which needs no root and installs nothing."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "video-origin"
NEEDED = ("apt-get", "apt-cache", "dpkg-deb", "ldd")


class UnavailableError(Exception):
    """It cannot be had here; the message says in one line what is missing."""


def unpacked(package: str, binary: str = "") -> Path:
    """Return the folder with the package's files, and with the libraries that its `binary` lacks here.

    Raise UnavailableError when it cannot be fetched.
    """
    if absent := [tool for tool in NEEDED if not shutil.which(tool)]:
        raise UnavailableError(f"the package {package} cannot be unpacked without {absent[0]}")
    folder = CACHE / package
    if not folder.exists():
        _unpack_into(folder, package, binary)
    return folder


def _unpack_into(folder: Path, package: str, binary: str) -> None:
    """Make the folder whole or not at all: another run may be looking for it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        tree = Path(scratch, "tree")
        apt = _apt(Path(scratch))
        _fetch(apt, [package], tree)
        if binary and not (tree / binary).exists():
            raise UnavailableError(f"the distribution's package {package} holds no {binary}")
        if binary and lacking(tree / binary):
            _fetch(apt, _library_packages(apt, package), tree)
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


def _library_packages(apt: Sequence[str], package: str) -> list[str]:
    """List the libraries that a package depends on, except the C library, which must be the machine's own."""
    depends = _run(["apt-cache", *apt, "depends", "--no-recommends", "--no-suggests", package], cwd=CACHE)
    named = set(re.findall(r"Depends: (lib[\w.+-]+)", depends))
    return sorted(named - {"libc6"})


def _run(command: Sequence[str], cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise UnavailableError(f"{command[0]} cannot fetch a package: {reason}")
    return done.stdout
