"""Ask for ranges at random moments (Poisson) and note when the first byte of each answer comes.

python -m tests.bench.clients.first_byte PORT PATH FILE LENGTH POSITIONS PER_SECOND SECONDS

A question never waits for an answer: when all connections are busy another one is opened, so a server that
stalls is asked all the same and nothing hides its stall. Every byte is compared with the file.
"""

import asyncio
import json
import os
import random
import sys
import time
from pathlib import Path

from tests.bench.clients.http11 import END, HOST, Head, get

MOST_CONNECTIONS = 256
LAST_ANSWERS = 5  # seconds that the last answers may take
PAGE = 4096


class Connection(asyncio.Protocol):
    """One connection; a question at a time."""

    def __init__(self, prober: "Prober") -> None:
        self.prober = prober
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def ask(self, first: int) -> None:
        self.first, self.first_byte, self.octets = first, 0.0, bytearray()
        self.end = 0
        self.transport.write(get(self.prober.path, first, first + self.prober.length - 1))
        self.asked = time.perf_counter()

    def data_received(self, data: bytes) -> None:
        self.first_byte = self.first_byte or time.perf_counter()
        self.octets += data
        if not self.end and (place := self.octets.find(END)) >= 0:
            head = Head.parse(bytes(self.octets[:place]))
            self.end = place + len(END) + max(head.length, 0)
        if self.end and len(self.octets) >= self.end:
            self.prober.answered(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.prober.lost(self)


class Prober:
    def __init__(self, port: int, path: str, file: Path, length: int, positions: int) -> None:
        self.port, self.path, self.length = port, path, length
        self.file, self.size = os.open(file, os.O_RDONLY), file.stat().st_size
        step = (self.size - length) // positions
        self.positions = [place * step // PAGE * PAGE for place in range(positions)]
        self.idle: list[Connection] = []
        self.busy: set[Connection] = set()
        self.delays: list[int] = []
        self.wrong = self.unasked = 0

    def answered(self, connection: Connection) -> None:
        self.delays.append(round((connection.first_byte - connection.asked) * 1e6))
        self.wrong += not self.is_right(connection.octets, connection.first)
        self.busy.discard(connection)
        self.idle.append(connection)

    def is_right(self, octets: bytearray, first: int) -> bool:
        head, _, body = bytes(octets).partition(END)
        expected = Head.parse(head).is_range(first, first + self.length - 1, self.size)
        return expected and body == os.pread(self.file, self.length, first)

    def lost(self, connection: Connection) -> None:
        if connection in self.busy:
            self.wrong += 1
            self.busy.discard(connection)
        if connection in self.idle:
            self.idle.remove(connection)

    async def connect(self) -> Connection:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: Connection(self), HOST, self.port)
        return connection

    async def ask(self) -> None:
        if not self.idle and len(self.busy) >= MOST_CONNECTIONS:
            self.unasked += 1
            return
        connection = self.idle.pop() if self.idle else await self.connect()
        self.busy.add(connection)
        connection.ask(random.choice(self.positions))

    async def run(self, per_second: float, seconds: float) -> dict[str, object]:
        self.idle = [await self.connect() for _ in range(8)]
        moment = time.perf_counter()
        end = moment + seconds
        while (moment := moment + random.expovariate(per_second)) < end:
            await asyncio.sleep(max(0, moment - time.perf_counter()))
            await self.ask()
        late = time.perf_counter() + LAST_ANSWERS
        while self.busy and time.perf_counter() < late:
            await asyncio.sleep(0.01)
        return {"microseconds": self.delays, "wrong": self.wrong + self.unasked + len(self.busy)}


def main() -> None:
    port, path, file, length, positions, per_second, seconds = sys.argv[1:]
    prober = Prober(int(port), path, Path(file), int(length), int(positions))
    print(json.dumps(asyncio.run(prober.run(float(per_second), float(seconds)))))  # noqa: T201


if __name__ == "__main__":
    main()
