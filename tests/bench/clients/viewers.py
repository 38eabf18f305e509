"""Many viewers of one film who read slowly, or nothing at all.

python -m tests.bench.clients.viewers PORT PATH FILE VIEWERS BYTES_PER_SECOND SECONDS

Prints `ready` when each of them was answered, then watches for the given time and says how many were right to
the last byte they took. With 0 bytes a second they take the head of the answer and no more.
"""

import asyncio
import json
import os
import random
import resource
import socket
import sys
import time
from pathlib import Path

from tests.bench.clients.http11 import END, HOST, Head, get

RECEIVE_BUFFER = 4096  # the kernel doubles it
SIP = 4096  # bytes at a time
AT_ONCE = 50  # who come in at the same time
PATIENCE = 20  # seconds for one answer


class Viewer:
    def __init__(self, film: "Film", first: int) -> None:
        self.film, self.position = film, first
        self.right = False
        self.socket = socket.socket()
        self.socket.setblocking(False)  # noqa: FBT003 - the library has no keyword
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        first = self.position
        await loop.sock_connect(self.socket, (HOST, self.film.port))
        await loop.sock_sendall(self.socket, get(self.film.path, first))
        octets = b""
        while END not in octets:
            if not (more := await loop.sock_recv(self.socket, SIP)):
                return
            octets += more
        head, _, body = octets.partition(END)
        is_range = Head.parse(head).is_range(first, self.film.size - 1, self.film.size)
        self.right = is_range and self.take(body)

    async def watch(self, bytes_per_second: int, end: float) -> None:
        loop = asyncio.get_running_loop()
        pause = SIP / bytes_per_second
        await asyncio.sleep(random.uniform(0, pause))
        while self.right and time.monotonic() < end:
            octets = await loop.sock_recv(self.socket, SIP)
            self.right = bool(octets) and self.take(octets)
            await asyncio.sleep(pause)

    def take(self, octets: bytes) -> bool:
        expected = os.pread(self.film.file, len(octets), self.position)
        self.position += len(octets)
        return octets == expected


class Film:
    def __init__(self, port: int, path: str, file: Path) -> None:
        self.port, self.path = port, path
        self.file, self.size = os.open(file, os.O_RDONLY), file.stat().st_size


async def show(film: Film, count: int, bytes_per_second: int, seconds: float) -> dict[str, int]:
    viewers = [Viewer(film, random.randrange(film.size // 2)) for _ in range(count)]
    for start in range(0, count, AT_ONCE):
        opening = [asyncio.wait_for(viewer.open(), PATIENCE) for viewer in viewers[start : start + AT_ONCE]]
        await asyncio.gather(*opening, return_exceptions=True)
    print("ready", flush=True)  # noqa: T201
    if bytes_per_second:
        end = time.monotonic() + seconds
        watching = [
            asyncio.wait_for(viewer.watch(bytes_per_second, end), seconds + PATIENCE) for viewer in viewers
        ]
        failed = sum(
            outcome is not None for outcome in await asyncio.gather(*watching, return_exceptions=True)
        )
    else:
        await asyncio.sleep(seconds)
        failed = 0
    return {"viewers": count, "wrong": count - sum(viewer.right for viewer in viewers) + failed}


def main() -> None:
    port, path, file, count, bytes_per_second, seconds = sys.argv[1:]
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    film = Film(int(port), path, Path(file))
    print(json.dumps(asyncio.run(show(film, int(count), int(bytes_per_second), float(seconds)))))  # noqa: T201


if __name__ == "__main__":
    main()
