"""Many clients at once, who keep books of what they received, to the byte."""

import http.client
import random
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.e2e.client import MEDIA
from tests.e2e.viewers import Viewer

SEEN = 50_000
"""Bytes that those who leave have read by then."""


@dataclass
class Ledger:
    """By path: how many asked, were promised what, answers that carried of the film, and what they got."""

    requests: Counter[str] = field(default_factory=Counter)
    aborted: Counter[str] = field(default_factory=Counter)
    promised: Counter[str] = field(default_factory=Counter)
    carried: Counter[str] = field(default_factory=Counter)
    received: Counter[str] = field(default_factory=Counter)
    received_of_aborted: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Ledger") -> None:
        for name, mine in vars(self).items():
            mine.update(getattr(other, name))


class Guest:
    """One of them, on a connection of its own that it opens again when it was closed."""

    def __init__(self, base_url: str, content: bytes, seed: int) -> None:
        self._base_url = base_url
        self._content = content
        self._pick = random.Random(seed)
        self._connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=60)
        self.ledger = Ledger()

    def visit(self, number: int, stop: threading.Event | None = None) -> Ledger:
        """Ask that many times, at least until `stop` is set where one is given."""
        while number > 0 or (stop is not None and not stop.is_set()):
            number -= 1
            path = self._pick.choice(MEDIA)
            if self._pick.random() < 0.05:
                self._leave_midway(path)
            else:
                self._ask(path)
        self._connection.close()
        return self.ledger

    def _ask(self, path: str) -> None:
        method = "HEAD" if self._pick.random() < 0.05 else "GET"
        fields = self._fields()
        response = self._answer(method, path, fields)
        body = response.read()
        length = int(response.headers["Content-Length"] or 0) if response.status != 304 else 0
        assert len(body) == (0 if method == "HEAD" else length)
        if response.status in {200, 206} and method == "GET":
            self._check(response, body)
        books = self.ledger
        books.requests[path] += 1
        books.statuses[response.status] += 1
        books.carried[path] += method == "GET" and response.status in {200, 206}
        books.promised[path] += len(body)
        books.received[path] += len(body)

    def _answer(self, method: str, path: str, fields: dict[str, str]) -> http.client.HTTPResponse:
        try:
            self._connection.request(method, path, headers=fields)
            return self._connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # an idle connection that a worker closed as it retired: nobody has read the request
            self._connection.close()
            self._connection.request(method, path, headers=fields)
            return self._connection.getresponse()

    def _check(self, response: http.client.HTTPResponse, body: bytes) -> None:
        if response.headers.get_content_maintype() == "multipart":
            return
        place = response.headers["Content-Range"]
        first = int(place.split()[1].split("-")[0]) if place else 0
        assert body in {b"", self._content[first : first + len(body)]}

    def _fields(self) -> dict[str, str]:
        first, last = sorted(self._pick.sample(range(len(self._content)), 2))
        last = min(last, first + 300_000)
        ranges = [
            *[f"bytes={first}-{last}"] * 8,
            f"bytes={len(self._content) - 1000}-",
            "bytes=-5000",
            f"bytes={first}-{first + 9},-5",
            f"bytes={len(self._content)}-",
            "bytes=5-2,",
        ]
        if self._pick.random() < 0.03:
            return {"If-None-Match": "*"} if self._pick.random() < 0.5 else {}
        return {"Range": self._pick.choice(ranges)}

    def _leave_midway(self, path: str) -> None:
        with Viewer(self._base_url, path) as viewer:
            books = self.ledger
            books.requests[path] += 1
            books.promised[path] += viewer.size
            books.carried[path] += viewer.status == 200
            received = len(viewer.read(SEEN))
            if viewer.status == 200:
                books.aborted[path] += 1
                books.received_of_aborted[path] += received
            else:  # away for a moment: that is said in fewer bytes
                books.received[path] += received


def visits(
    base_url: str, content: bytes, guests: int, each: int, stop: threading.Event | None = None
) -> Iterator[Ledger]:
    """Have so many guests ask so many times each, and yield the books of each one."""
    with ThreadPoolExecutor(guests) as pool:
        crowd = [Guest(base_url, content, seed) for seed in range(guests)]
        yield from pool.map(lambda guest: guest.visit(each, stop), crowd)
