"""No more file descriptors: whoever cannot be served is told so, and it ends with its cause."""

import socket
import time
from contextlib import ExitStack, suppress

import pytest

from tests.e2e.breakage import few_descriptors
from tests.e2e.films import MEGABYTE, film, install_and_wait
from tests.e2e.targets import Stack
from tests.e2e.targets.process import answers, wait_until
from tests.e2e.witnesses import witnesses

# (the limits of another user's process are not everywhere ours to set)
pytestmark = [pytest.mark.stage(4), pytest.mark.only("service", "local")]
CONNECTIONS = 60
A_WHILE = 2.0


@pytest.fixture(name="content", scope="module", autouse=True)
def _content(trial: Stack) -> bytes:
    content = film(seed=55, size=2 * MEGABYTE)
    install_and_wait(trial, content)
    return content


def crowded(trial: Stack, content: bytes, pids: list[int], spare: int) -> str:
    """Let witnesses look on while others hold connections; what they saw is no wrong answer."""
    host, port = trial.direct_url.removeprefix("http://").split(":")
    with few_descriptors(pids, spare), ExitStack() as room, witnesses(trial.direct_url, content) as saw:
        for _ in range(CONNECTIONS):
            with suppress(OSError):
                room.enter_context(socket.create_connection((host, int(port)), timeout=5))
        time.sleep(A_WHILE)
    assert not saw.wrong, str(saw)
    return str(saw)


def served_again(trial: Stack, content: bytes) -> None:
    wait_until(lambda: answers(f"{trial.base_url}/video.mp4"), 5, "it is over")
    with witnesses(trial.direct_url, content) as saw:
        time.sleep(1)
    assert saw.right == saw.begun > 0


def test_the_service_has_none_left(trial: Stack, content: bytes) -> None:
    pid = trial.service_pid()
    assert pid
    print(crowded(trial, content, [pid], spare=4))  # noqa: T201
    served_again(trial, content)


@pytest.mark.only("local")
def test_nginx_has_none_left(trial: Stack, content: bytes) -> None:
    print(crowded(trial, content, trial.nginx_pids()[1:], spare=8))  # noqa: T201
    served_again(trial, content)
