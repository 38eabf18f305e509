"""The same numbers in curl's eyes: it is what people check a server with."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.targets import Stack

SIZE = 255_849
if shutil.which("curl") is None:
    pytest.skip("there is no curl command", allow_module_level=True)


def curl(*arguments: str | Path) -> str:
    """Run curl without the user's own configuration; a failure of curl is a failure of the test."""
    command = [
        "curl",
        "--disable",
        "--noproxy",
        "*",
        "--silent",
        "--show-error",
        "--max-time",
        "20",
        *map(str, arguments),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def head_of(output: str) -> tuple[str, dict[str, str]]:
    status, *lines = output.strip().splitlines()
    return status.split()[1], {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}


@pytest.mark.parametrize(
    ("asked", "window"), {"0-1": (0, 1), "200-1000": (200, 1000), "-500": (SIZE - 500, SIZE - 1)}.items()
)
def test_range(stack: Stack, sample: bytes, tmp_path: Path, asked: str, window: tuple[int, int]) -> None:
    file = tmp_path / "part"
    status, headers = head_of(curl("-r", asked, "-D", "-", "-o", file, f"{stack.base_url}/video.mp4"))
    first, last = window
    assert status == "206"
    assert headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
    assert file.read_bytes() == sample[first : last + 1]


def test_range_on_the_chunked_route(stack: Stack) -> None:
    size = curl(
        "-r", "200-200000", "-o", "/dev/null", "-w", "%{size_download}", f"{stack.base_url}/chunked_video.mp4"
    )
    assert size == "100000"


@pytest.mark.parametrize("there", [0, 1, 100_000, SIZE])
def test_resume(stack: Stack, sample: bytes, tmp_path: Path, there: int) -> None:
    file = tmp_path / "film.mp4"
    file.write_bytes(sample[:there])
    curl("-C", "-", "-o", file, f"{stack.base_url}/video.mp4")
    assert file.read_bytes() == sample


def test_head(stack: Stack) -> None:
    status, headers = head_of(curl("-I", f"{stack.base_url}/video.mp4"))
    assert status == "200"
    assert headers["content-length"] == str(SIZE)
    assert headers["accept-ranges"] == "bytes"


def test_etag_saves_the_second_download(stack: Stack, tmp_path: Path) -> None:
    etag, url = tmp_path / "etag", f"{stack.base_url}/video.mp4"
    curl("--etag-save", etag, "-o", tmp_path / "film.mp4", url)
    code = curl("--etag-compare", etag, "-o", tmp_path / "again", "-w", "%{http_code} %{size_download}", url)
    assert code == "304 0"


def test_old_http(stack: Stack, sample: bytes, tmp_path: Path) -> None:
    file = tmp_path / "film.mp4"
    curl("--http1.0", "-o", file, f"{stack.base_url}/video.mp4")
    assert file.read_bytes() == sample


def test_fail_on_not_found(stack: Stack) -> None:
    with pytest.raises(subprocess.CalledProcessError) as failure:
        curl("--fail", f"{stack.base_url}/nothing")
    assert failure.value.returncode == 22
