"""Ask for ranges at random moments and note when the first byte of each answer comes.

python -m tests.bench.clients.first_byte PORT PATH FILE LENGTH POSITIONS PER_SECOND SECONDS APART

Prints, for each answer, how many microseconds after the question its first byte came, and when it was asked
for, in microseconds behind the whole second.

Questions are at least APART seconds apart: where that is 0 they sometimes meet, and one waits for the other,
as with real viewers; where it is more than an answer takes, each stands for itself.

A question never waits for an answer: when all connections are busy another one is opened, so a server that
stalls is asked all the same and nothing hides its stall. Every byte is compared with the file.

When a byte comes, the kernel says (SO_TIMESTAMPNS): a client in Python is often busy with the answer before,
and would measure itself. It still does a little: of several packets that wait for it, the kernel keeps the
time of the last, and of a connection's first answer sometimes none; then it is the moment of reading.
https://docs.kernel.org/networking/timestamping.html
"""

import json
import os
import random
import selectors
import socket
import struct
import sys
import time
from pathlib import Path

from tests.bench.clients.http11 import END, HOST, Head, get

MOST_CONNECTIONS = 256
LAST_ANSWERS = 5  # seconds that the last answers may take
PAGE = 4096
SO_TIMESTAMPNS = 35  # has no name in Python
TIMESPEC = struct.Struct("@ll")
AT_ONCE = 1 << 20


class Connection:
    """One connection; a question at a time."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port))
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)  # noqa: FBT003 - the library has no keyword

    def ask(self, question: bytes, first: int) -> None:
        self.first, self.octets, self.end = first, bytearray(), 0
        self.first_byte = 0
        self.asked = time.time_ns()
        self.socket.sendall(question)

    def receive(self) -> bool:
        """Answer whether there is more to come."""
        if not self.first_byte:
            octet, notes, _, _ = self.socket.recvmsg(1, 64)
            self.octets += octet
            seconds, nanoseconds = TIMESPEC.unpack(notes[0][2]) if notes else (0, time.time_ns())
            self.first_byte = seconds * 1_000_000_000 + nanoseconds
        octets = self.socket.recv(AT_ONCE)
        self.octets += octets
        if not self.end and (place := self.octets.find(END)) >= 0:
            self.head = Head.parse(bytes(self.octets[:place]))
            self.end = place + len(END) + max(self.head.length, 0)
        if not octets:
            raise ConnectionError("hung up in the middle of an answer")
        return not (self.end and len(self.octets) >= self.end)


class Prober:
    def __init__(self, port: int, path: str, file: Path, length: int, positions: int) -> None:
        self.port, self.path, self.length = port, path, length
        self.file, self.size = os.open(file, os.O_RDONLY), file.stat().st_size
        step = (self.size - length) // positions
        self.positions = [place * step // PAGE * PAGE for place in range(positions)]
        self.selector = selectors.DefaultSelector()
        self.idle: list[Connection] = []
        self.busy: set[Connection] = set()
        self.delays: list[int] = []
        self.moments: list[int] = []
        self.wrong = self.unasked = 0

    def connect(self) -> Connection:
        connection = Connection(self.port)
        self.selector.register(connection.socket, selectors.EVENT_READ, connection)
        return connection

    def ask(self) -> None:
        if not self.idle and len(self.busy) >= MOST_CONNECTIONS:
            self.unasked += 1
            return
        connection = self.idle.pop() if self.idle else self.connect()
        self.busy.add(connection)
        first = random.choice(self.positions)
        try:
            connection.ask(get(self.path, first, first + self.length - 1), first)
        except OSError:
            self.lost(connection)

    def take(self, wait: float) -> None:
        for key, _ in self.selector.select(max(0, wait)):
            try:
                if key.data not in self.busy:
                    self.lost(key.data)  # hung up on, while nothing was asked
                elif not key.data.receive():
                    self.answered(key.data)
            except BlockingIOError:
                pass
            except (OSError, IndexError):
                self.lost(key.data)

    def answered(self, connection: Connection) -> None:
        self.delays.append((connection.first_byte - connection.asked) // 1000)
        self.moments.append(connection.asked // 1000 % 1_000_000)
        self.wrong += not self.is_right(connection.octets, connection.first)
        self.busy.discard(connection)
        if connection.head.fields.get("connection") == "close":
            self.forget(connection)
        else:
            self.idle.append(connection)

    def is_right(self, octets: bytearray, first: int) -> bool:
        head, _, body = bytes(octets).partition(END)
        expected = Head.parse(head).is_range(first, first + self.length - 1, self.size)
        return expected and body == os.pread(self.file, self.length, first)

    def lost(self, connection: Connection) -> None:
        self.wrong += connection in self.busy
        self.busy.discard(connection)
        self.idle = [one for one in self.idle if one is not connection]
        self.forget(connection)

    def forget(self, connection: Connection) -> None:
        self.selector.unregister(connection.socket)
        connection.socket.close()

    def run(self, per_second: float, seconds: float, apart: float) -> dict[str, object]:
        self.idle = [self.connect() for _ in range(8)]
        moment = time.perf_counter()
        end, beyond = moment + seconds, 1 / per_second - apart
        while (moment := moment + apart + random.expovariate(1 / beyond)) < end:
            self.take(0)
            while (wait := moment - time.perf_counter()) > 0:
                self.take(wait)
            self.ask()
        late = time.perf_counter() + LAST_ANSWERS
        while self.busy and time.perf_counter() < late:
            self.take(0.01)
        wrong = self.wrong + self.unasked + len(self.busy)
        return {"microseconds": self.delays, "moments": self.moments, "wrong": wrong}


def main() -> None:
    port, path, file, length, positions, per_second, seconds, apart = sys.argv[1:]
    prober = Prober(int(port), path, Path(file), int(length), int(positions))
    print(json.dumps(prober.run(float(per_second), float(seconds), float(apart))))  # noqa: T201


if __name__ == "__main__":
    main()
