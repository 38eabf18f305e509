"""How much of the access log is written at once, where it goes into a pipe and where it does not."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.targets import ROOT

COMMAND = ["sh", "-ec", ". deploy/log_piece.envsh; echo $NGINX_LOG_PIECE >&2"]
PIECE = 32_768
WORKERS = 4


def piece(stdout: int, **environment: str) -> str:
    done = subprocess.run(
        COMMAND, cwd=ROOT, env={"PATH": os.environ["PATH"]} | environment,
        stdout=stdout, stderr=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return done.stderr.strip()


@pytest.fixture
def pipe() -> Iterator[int]:
    reading, writing = os.pipe()
    yield writing
    os.close(reading)
    os.close(writing)


@pytest.mark.skipif(not hasattr(fcntl, "F_SETPIPE_SZ"), reason="pipes cannot be made larger here")
@pytest.mark.skipif(not shutil.which("perl"), reason="there is no perl")
def test_a_pipe_is_made_large_enough_for_the_pieces_of_all_workers(pipe: int) -> None:
    assert piece(pipe) == f"{PIECE // 1024}k"
    assert fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ) >= 2 * WORKERS * PIECE


def test_a_pipe_that_stays_as_it_is_gets_pieces_that_it_keeps_apart(pipe: int, tmp_path: Path) -> None:
    (tmp_path / "perl").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "perl").chmod(0o755)
    assert piece(pipe, PATH=f"{tmp_path}:{os.environ['PATH']}") == "4k"


@pytest.mark.parametrize("name", ["file", "/dev/null"])
def test_what_is_no_pipe_gets_small_pieces(tmp_path: Path, name: str) -> None:
    with (tmp_path / name).open("w") as stream:
        assert piece(stream.fileno()) == "4k"
