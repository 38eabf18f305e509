"""What is broken beneath running processes: their disks and their supply of file descriptors.

It takes root, and a Linux whose processes these are.
"""

import contextlib
import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


def needs_root() -> None:
    if os.geteuid() != 0 or shutil.which("nsenter") is None:
        pytest.skip("this takes root and nsenter (package util-linux)")


def among_the_mounts_of(pid: int, *command: str) -> None:
    """Run a command of this machine where the process looks for its files."""
    subprocess.run(["nsenter", f"--target={pid}", "--mount", *command], check=True, capture_output=True)


@contextlib.contextmanager
def full_disk(pid: int, folder: Path) -> Iterator[None]:
    """Put a disk without room in the place of a folder of the process, named as this machine sees it."""
    needs_root()
    own = "/" + str(folder).removeprefix(f"/proc/{pid}/root").lstrip("/")
    among_the_mounts_of(pid, "mount", "-t", "tmpfs", "-o", "size=4k,mode=0777", "tmpfs", own)
    (folder / "ballast").write_bytes(bytes(4096))
    try:
        yield
    finally:
        among_the_mounts_of(pid, "umount", "--lazy", own)


@contextlib.contextmanager
def few_descriptors(pids: list[int], spare: int) -> Iterator[None]:
    """Let processes open only so many files more than they have open now."""
    needs_root()
    before = {pid: resource.prlimit(pid, resource.RLIMIT_NOFILE) for pid in pids}
    for pid, (_, hard) in before.items():
        taken = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (taken + spare, hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
