"""The media folder is unmounted under everybody, and comes back."""

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.breakage import needs_root
from tests.e2e.client import MEDIA, Client
from tests.e2e.films import LAB_FILM, MEGABYTE, film, install
from tests.e2e.targets import Stack
from tests.e2e.targets.process import wait_until
from tests.e2e.viewers import Viewer

# (a container has a mount of its own, which the host's umount leaves alone)
pytestmark = [pytest.mark.stage(4), pytest.mark.only("service", "local")]
CONTENT = film(seed=56, size=24 * MEGABYTE)
RECOVERY = 10
"""Seconds within which all is seen; it is one or two."""
LOOKED = 2
"""Seconds after which the service has looked what is mounted."""


def mount(folder: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)], check=True)
    folder.chmod(0o755)


def unmount(folder: Path) -> None:
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def is_noticed(client: Client, stack: Stack) -> bool:
    """Not ready, which lasts until the service has read what is left: an empty folder is no fault."""
    return stack.get("/readyz").status_code == 503 or LAB_FILM not in client.ask("/api/videos").text


@pytest.fixture(name="mounted")
def _mounted() -> Iterator[Path]:
    needs_root()
    with tempfile.TemporaryDirectory(prefix="video-mount-") as name:
        mount(Path(name))
        install(Path(name), CONTENT)
        yield Path(name)
        unmount(Path(name))


def test_unmounted_and_mounted_again(target: Callable[..., Stack], mounted: Path) -> None:
    """Who is being sent a video gets all of it; others are told that there is none, and not for long."""
    stack = target(mounted, {"VIDEO_FEATURED": LAB_FILM})
    with Client(stack.base_url) as client, Viewer(stack.direct_url) as viewer:
        beginning = viewer.read(100_000)
        unmount(mounted)
        wait_until(lambda: is_noticed(client, stack), RECOVERY, "not ready any more, or known to be empty")
        for path in MEDIA:
            assert client.ask(path).status_code in {404, 503}
        assert client.ask("/healthz").status_code == 200
        assert beginning + viewer.rest() == CONTENT
        mount(mounted)
        install(mounted, CONTENT)
        wait_until(lambda: stack.get("/readyz").status_code == 200, RECOVERY, "ready again")
        assert client.ask("/video.mp4").content == CONTENT
        wait_until(
            lambda: LAB_FILM in client.ask("/api/videos").text, 3 * RECOVERY, "it is in the list again"
        )


def test_what_comes_after_another_mount_is_followed(target: Callable[..., Stack], mounted: Path) -> None:
    """A tmpfs begins with the inode of the one before; the service must not take it for that one."""
    stack = target(mounted, {"VIDEO_FEATURED": LAB_FILM})
    with Client(stack.base_url) as client:
        unmount(mounted)
        wait_until(lambda: LAB_FILM not in client.ask("/api/videos").text, RECOVERY, "the list is empty")
        mount(mounted)
        time.sleep(LOOKED)
        install(mounted, CONTENT)
        wait_until(lambda: LAB_FILM in client.ask("/api/videos").text, RECOVERY, "it is in the list again")
