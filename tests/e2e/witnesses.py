"""Clients that expect trouble: each answer they get is right to the byte, or shows that it is not whole."""

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.e2e.client import MEDIA

PATIENCE = 10.0
"""Seconds for which a witness waits for anything."""


@dataclass
class Evidence:
    """What was seen; `received` are bytes of bodies, whole or not."""

    right: int = 0
    broken: int = 0
    unconnected: int = 0
    refused: int = 0
    begun: int = 0
    received: int = 0
    promised: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    moments: list[float] = field(default_factory=list)
    """When an answer was right, by `time.monotonic`."""

    def add(self, other: "Evidence") -> None:
        for name in ("right", "broken", "unconnected", "refused", "begun", "received", "promised"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.wrong.update(other.wrong)
        self.moments = sorted(self.moments + other.moments)

    @property
    def longest_gap(self) -> float:
        """For how many seconds nobody got anything."""
        return max((b - a for a, b in zip(self.moments, self.moments[1:], strict=False)), default=0.0)

    def __str__(self) -> str:
        return (
            f"{self.right} right, {self.broken} visibly cut, {self.refused} refused (503), "
            f"{self.unconnected} without an answer, {dict(self.wrong)} wrong, gap {self.longest_gap:.2f} s"
        )


class Witness:
    """One of them; asks for ranges, and now and then for all of it."""

    def __init__(self, base_url: str, content: bytes, paths: Sequence[str], seed: int) -> None:
        self._paths = paths
        self._content = content
        self._pick = random.Random(seed)
        self._connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=PATIENCE)
        self.saw = Evidence()

    def watch(self, stop: threading.Event) -> Evidence:
        while not stop.is_set():
            self._ask()
        self._connection.close()
        return self.saw

    def _ask(self) -> None:
        size = len(self._content)
        first = self._pick.randrange(size)
        last = min(size - 1, first + self._pick.randrange(300_000))
        whole = self._pick.random() < 0.05
        path, tag = self._pick.choice(self._paths), '"none"' if self._pick.random() < 0.2 else ""
        fields = {} if whole else {"Range": f"bytes={first}-{last}"}
        # (the condition makes the service answer it)
        fields |= {"If-None-Match": tag} if tag else {}
        try:
            self._connection.request("GET", path, headers=fields)
            response = self._connection.getresponse()
        except (OSError, http.client.HTTPException):
            self.saw.unconnected += 1
            self._connection.close()
            time.sleep(0.02)
            return
        self.saw.begun += 1
        self._judge(response, 0 if whole else first)

    def _judge(self, response: http.client.HTTPResponse, first: int) -> None:
        length, whole = int(response.headers["Content-Length"]), True
        try:
            body = response.read()
        except http.client.IncompleteRead as cut:
            body, whole = cut.partial, False
        except OSError:
            body, whole = b"", False
        self.saw.received += len(body)
        self.saw.promised += length
        self._note(response, body, first, whole=whole and len(body) == length)

    def _note(self, response: http.client.HTTPResponse, body: bytes, first: int, *, whole: bool) -> None:
        if response.status == 503 and response.headers["Retry-After"]:
            self.saw.refused += 1
            time.sleep(0.02)
        elif response.status not in {200, 206}:
            self.saw.wrong[f"status {response.status}"] += 1
        elif body != self._content[first : first + len(body)]:
            self.saw.wrong["bytes"] += 1
        elif whole:
            self.saw.right += 1
            self.saw.moments.append(time.monotonic())
        else:
            self.saw.broken += 1
            self._connection.close()


@contextmanager
def witnesses(
    base_url: str, content: bytes, paths: Sequence[str] = MEDIA, number: int = 6
) -> Iterator[Evidence]:
    """Have so many look on; what they saw is in the evidence once the block is over."""
    stop, saw = threading.Event(), Evidence()
    with ThreadPoolExecutor(number) as pool:
        crowd = [Witness(base_url, content, paths, seed) for seed in range(number)]
        watching = [pool.submit(witness.watch, stop) for witness in crowd]
        try:
            yield saw
        finally:
            stop.set()
    for one in watching:
        saw.add(one.result())
