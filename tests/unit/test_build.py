"""What is said about the build."""

import json
import re
from pathlib import Path

import pytest

from service import __version__
from service.build import UNKNOWN, Build, read_build

ROOT = Path(__file__).parents[2]


def test_the_revision_and_the_time_are_those_that_were_written_down(tmp_path: Path) -> None:
    path = tmp_path / "build.json"
    path.write_text(json.dumps({"revision": "1234abcd", "created": "2026-11-24T21:00:00Z"}))
    assert read_build(path) == Build(__version__, "1234abcd", "2026-11-24T21:00:00Z")


@pytest.mark.parametrize("written", [None, "", "{", "[]", "{}", '{"revision": "", "created": ""}', "1"])
def test_what_nobody_has_written_down_is_unknown(tmp_path: Path, written: str | None) -> None:
    path = tmp_path / "build.json"
    if written is not None:
        path.write_text(written)
    assert read_build(path) == Build(__version__, UNKNOWN, UNKNOWN)


def test_the_images_are_labelled_with_the_version() -> None:
    dockerfile = (ROOT / "deploy/Dockerfile").read_text()
    labels = re.findall(r'org\.opencontainers\.image\.version="(.*?)"', dockerfile)
    assert labels == [__version__] * 2
