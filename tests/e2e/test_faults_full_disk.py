"""A disk without room for what nginx keeps."""

import time

import pytest

from tests.e2e.breakage import full_disk
from tests.e2e.films import MEGABYTE, film, install_and_wait
from tests.e2e.targets import Stack
from tests.e2e.witnesses import witnesses

pytestmark = [pytest.mark.stage(4), pytest.mark.only("local")]
A_WHILE = 2.0


@pytest.fixture(name="content", scope="module", autouse=True)
def _content(trial: Stack) -> bytes:
    content = film(seed=54, size=2 * MEGABYTE)
    install_and_wait(trial, content)
    return content


def test_no_room_for_what_nginx_keeps(trial: Stack, content: bytes) -> None:
    """Only longer ranges of the capped routes would be kept, and are cut; all else goes on."""
    with full_disk(trial.nginx_pids()[0], trial.folder_of_nginx("cache/chunks")):
        with witnesses(trial.direct_url, content, ["/video.mp4"]) as direct:
            time.sleep(A_WHILE)
        with witnesses(trial.direct_url, content, ["/chunked_video.mp4"]) as capped:
            time.sleep(A_WHILE)
    print(direct, capped, sep="\n")  # noqa: T201
    assert direct.right == direct.begun > 50
    assert direct.unconnected == 0
    assert not capped.wrong
    with witnesses(trial.direct_url, content, ["/chunked_video.mp4"]) as later:
        time.sleep(1)
    assert later.right == later.begun > 0
    assert later.unconnected == 0
