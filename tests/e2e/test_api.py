"""The API answers everything that its description allows, refuses everything else, and never breaks."""

import subprocess
import sys
from pathlib import Path

from tests.e2e.targets import Stack
from tests.e2e.targets.process import clean_environment

OPTIONS = ["--checks=all", "--mode=all", "--max-examples=25", "--phases=examples,coverage,fuzzing"]


def test_schemathesis_finds_nothing(stack: Stack, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{stack.base_url}/openapi.json", *OPTIONS]
    done = subprocess.run(
        command, cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
