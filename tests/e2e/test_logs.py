"""What the processes wrote while all the other tests ran: nobody may have stumbled unseen."""

import fcntl
import json
import os

import pytest

from tests.e2e.alarms import alarms
from tests.e2e.client import Client
from tests.e2e.targets import Stack
from tests.e2e.targets.process import wait_until

pytestmark = pytest.mark.stage(2)  # when everybody has been here


def test_no_alarm_in_the_log(stack: Stack) -> None:
    assert alarms(stack) == []


@pytest.mark.only("service", "local", "compose")
def test_every_line_about_a_request_is_json(client: Client, stack: Stack) -> None:
    client.ask("/video.mp4", method="HEAD")

    def lines() -> list[str]:
        return [line for line in stack.logs().splitlines() if "http.request" in line or "video.lane" in line]

    wait_until(lines, 5, "a line about a request")
    assert {json.loads(line)["http.request.method"] for line in lines()} >= {"HEAD"}


@pytest.mark.only("compose")
def test_nginx_writes_its_log_in_large_pieces_into_a_pipe_that_has_room(stack: Stack) -> None:
    """Several processes write into it, and lines must not mix."""
    assert "buffer=32k" in (stack.folder_of_nginx("run") / "access_log.conf").read_text()
    pipe = os.open(f"/proc/{stack.nginx_pids()[0]}/fd/1", os.O_WRONLY | os.O_NONBLOCK)
    try:
        assert fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ) == 1 << 20
    finally:
        os.close(pipe)


def test_no_alarm_in_the_log_of_the_lab(lab: Stack) -> None:
    assert alarms(lab) == []
