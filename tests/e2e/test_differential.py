"""nginx in front is no second opinion: what the stack answers is what the service alone answers."""

import http.client
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from tests import nginx_binary
from tests.e2e.client import Client
from tests.e2e.spellings import Request, nginx_cannot_tell, requests
from tests.e2e.targets import Stack, service

NUMBER = 3000
OF_THE_CONNECTION = {"connection", "date", "server", "x-request-id"}
"""Fields that are every hop's own."""


@dataclass(frozen=True)
class Seen:
    status: int
    fields: list[tuple[str, str]]
    body: bytes


@pytest.fixture(scope="session", name="alone")
def _alone() -> Iterator[Client]:
    stack = service.start(None, {})
    with Client(stack.base_url) as client:
        yield client
    stack.stop()


def ask(connection: http.client.HTTPConnection, request: Request) -> Seen:
    connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", "localhost")
    for name, value in request.fields:
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read()
    fields = sorted((name.lower(), value) for name, value in response.getheaders())
    kept = [(name, value) for name, value in fields if name not in OF_THE_CONNECTION]
    return _without_boundary(Seen(response.status, kept, body))


def _without_boundary(seen: Seen) -> Seen:
    """The separator of parts is made anew for each answer."""
    found = re.search("boundary=([0-9a-f]+)", dict(seen.fields).get("content-type", ""))
    if not found:
        return seen
    fields = [(name, value.replace(found[1], "BOUNDARY")) for name, value in seen.fields]
    return Seen(seen.status, fields, seen.body.replace(found[1].encode(), b"BOUNDARY"))


@pytest.fixture(name="joins_lines")
def _joins_lines(stack: Stack) -> bool:
    """Whether this target's nginx joins several lines of a field, as it does from 1.23 on."""
    return stack.name != "local" or tuple(map(int, nginx_binary.find().version.split(".")[:2])) >= (1, 23)


@pytest.mark.only("local", "compose")
def test_the_stack_answers_as_the_service_alone(client: Client, alone: Client, *, joins_lines: bool) -> None:
    validators = alone.ask("/video.mp4", method="HEAD").headers
    statuses = set()
    with (
        closing(http.client.HTTPConnection(*client.address, timeout=30)) as stack_connection,
        closing(http.client.HTTPConnection(*alone.address, timeout=30)) as alone_connection,
    ):
        for request in requests(NUMBER, validators["ETag"], validators["Last-Modified"]):
            if nginx_cannot_tell(request, joins_lines=joins_lines):
                continue
            expected, found = ask(alone_connection, request), ask(stack_connection, request)
            assert (found.status, found.fields) == (expected.status, expected.fields), request
            assert found.body == expected.body, request
            statuses.add(found.status)
    assert statuses == {200, 206, 304, 404, 405, 412, 416}  # the requests reach everything there is
