"""Nothing but what the media folder offers is ever sent, however it is asked for."""

import os
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.e2e.client import Client
from tests.e2e.films import SOME_TIME
from tests.e2e.targets import Stack
from tests.e2e.targets.process import wait_until
from tests.e2e.traversals import PREFIXES, others, targets

CANARY = b"canary 5f1c: this must never be sent\n"
NEVER = (CANARY[:11], b"root:x:0:0", b"PATH=", b"VIDEO_", b"python\0-m", b"from service", b"worker_processes")
"""What is in the files that are asked for; the last two are of the product itself."""
HIDDEN = (
    ".hidden.mp4", "hidden.mp4", "..hidden.mp4", ".secret/film.mp4", "secret/film.mp4", "link.mp4",
    "absolute.mp4", "passwd.mp4", "way/film.mp4", "notes.txt", "notes.txt.mp4", "Series/.hidden.vtt",
    "Series/film.en.vtt", "Series/film.jpg",
)  # fmt: skip


def write(path: Path, content: bytes) -> None:
    """Make a file that looks as if it had lain there for some time, readable by any user."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    path.write_bytes(content)
    path.chmod(0o644)
    then = time.time() - SOME_TIME
    os.utime(path, (then, then))


@pytest.fixture(scope="module", name="outside")
def _outside(lab: Stack) -> Iterator[Path]:
    """Lay canaries beside the media folder, under a name that begins like its own, and hidden inside."""
    assert lab.media
    media, outside = lab.media, lab.media.with_name(f"{lab.media.name}-outside")
    before = set(media.iterdir())
    write(outside / "film.mp4", CANARY * 99)
    for name in (".hidden.mp4", ".secret/film.mp4", "notes.txt", "Series/.hidden.vtt"):
        write(media / name, CANARY * 99)
    for name, to in {
        "link.mp4": f"../{outside.name}/film.mp4",
        "absolute.mp4": str(outside / "film.mp4"),
        "passwd.mp4": "/etc/passwd",
        "way": f"../{outside.name}",
        "Series/film.en.vtt": "/etc/passwd",
        "Series/film.jpg": "/etc/passwd",
    }.items():
        (media / name).symlink_to(to)
    write(media / "Series/film.mp4", b"a film\n" * 99)
    wait_until(
        lambda: lab.get("/videos/Series--film.mp4").status_code == 200, 10, "the library has read it all"
    )
    yield outside
    shutil.rmtree(outside)
    for path in set(media.iterdir()) - before:
        (shutil.rmtree if path.is_dir() and not path.is_symlink() else os.unlink)(path)


@pytest.fixture(scope="module", name="goals")
def _goals(outside: Path) -> list[bytes]:
    return [bytes(outside / "film.mp4"), b"/etc/passwd", b"/proc/self/environ"]


def ask(client: Client, asked: Iterable[bytes]) -> None:
    for target in asked:
        answer = client.raw_get(target)
        assert answer, f"hung up without a word: {target!r}"
        assert answer.status < 500, target
        assert not [word for word in NEVER if word in answer.body], target


@pytest.mark.parametrize("prefix", PREFIXES, ids=bytes.decode)
def test_no_way_leads_out_of(lab_client: Client, goals: list[bytes], prefix: bytes) -> None:
    ask(lab_client, targets(goals, prefix))


def test_no_way_leads_to_it_from_elsewhere(lab_client: Client, goals: list[bytes]) -> None:
    ask(lab_client, others(goals))


@pytest.mark.parametrize("prefix", PREFIXES, ids=bytes.decode)
def test_what_the_folder_does_not_offer(lab_client: Client, outside: Path, prefix: bytes) -> None:
    """Hidden files, other types, links that leave."""
    assert outside.exists()
    for name in map(str.encode, HIDDEN):
        spelt = {name, name.replace(b"/", b"--"), name.replace(b".", b"%2e"), name.replace(b"/", b"%2f")}
        ask(lab_client, (prefix + spelling for spelling in spelt))


def test_after_all_that_the_film_is_still_there(lab_client: Client, outside: Path) -> None:
    assert outside.exists()
    assert lab_client.ask("/videos/Series--film.mp4").content == b"a film\n" * 99
