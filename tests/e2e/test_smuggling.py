"""No request is hidden in another one: what is content to one server is a request to none."""

import re
import secrets
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from tests.e2e.client import Client
from tests.e2e.smuggles import post, smuggles
from tests.e2e.targets import Stack
from tests.e2e.targets.process import wait_until

SILENCE = 1.0  # seconds without a byte, behind an answer
PATIENCE = 12.0  # seconds for an answer; nginx waits 10 for the rest of a request
LOGGED = 2.0  # seconds until nginx has written its log
AT_ONCE = 24


def hidden(mark: str) -> bytes:
    """A request that is known by its 206 and by its query, in the logs."""
    return b"GET /video.mp4?hidden=%b HTTP/1.1\r\nHost: a\r\nRange: bytes=0-4\r\n\r\n" % mark.encode()


ATTACKS = [name for name, _ in smuggles(hidden("0"))]


def all_that_comes(client: Client, sent: bytes) -> bytes:
    received = b""
    with suppress(ConnectionError), socket.create_connection(client.address, timeout=PATIENCE) as connection:
        connection.sendall(sent)
        with suppress(TimeoutError):
            while block := connection.recv(1 << 18):
                received += block
                connection.settimeout(SILENCE)
    return received


@pytest.fixture(scope="module", name="marks")
def _marks() -> dict[str, str]:
    return {name: secrets.token_hex(8) for name in ATTACKS}


@pytest.fixture(scope="module", name="received")
def _received(client: Client, marks: dict[str, str]) -> dict[str, bytes]:
    """Send all of them, many at once: most of the time is spent on waiting for what should not come."""

    def attack(name: str) -> bytes:
        return all_that_comes(client, dict(smuggles(hidden(marks[name])))[name])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(ATTACKS, pool.map(attack, ATTACKS), strict=True))


@pytest.fixture(scope="module", name="logs")
def _logs(stack: Stack, received: dict[str, bytes]) -> str:
    assert received
    time.sleep(LOGGED)
    return stack.logs()


def logged(logs: str, mark: str) -> list[str]:
    return re.findall(rf'"url\.query": ?"hidden={mark}"', logs)


def test_one_that_is_not_hidden_is_found(client: Client, stack: Stack) -> None:
    """Else the tests below would show nothing."""
    mark = secrets.token_hex(8)
    received = all_that_comes(client, post(b"Content-Length: 5", b"hello") + hidden(mark))
    assert b"HTTP/1.1 206" in received
    wait_until(lambda: logged(stack.logs(), mark), LOGGED, "a line about it")


@pytest.mark.parametrize("name", ATTACKS)
def test_a_hidden_request_is_not_answered(received: dict[str, bytes], name: str) -> None:
    assert b"HTTP/1.1 206" not in received[name]
    assert b"HTTP/1.1 101" not in received[name]


@pytest.mark.parametrize("name", ATTACKS)
def test_nobody_takes_it_for_a_request(marks: dict[str, str], logs: str, name: str) -> None:
    assert not logged(logs, marks[name])


@pytest.mark.parametrize("name", ATTACKS)
def test_no_attack_is_an_error_of_the_server(received: dict[str, bytes], name: str) -> None:
    statuses = set(map(int, re.findall(rb"HTTP/1\.1 (\d{3}) ", received[name])))
    assert not {status for status in statuses if status >= 500} - {501, 505}


def test_nobody_else_gets_an_answer_that_is_not_theirs(
    client: Client, received: dict[str, bytes], sample: bytes
) -> None:
    """On the connections between nginx and the service, that is: conditions are answered there."""
    assert received
    for first in range(200):
        asked = {"Range": f"bytes={first}-{first + 99}", "If-Match": "*"}
        assert client.ask("/video.mp4", asked).content == sample[first : first + 100]
