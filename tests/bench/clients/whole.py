"""Download a whole file, or what comes of it within a time.

python -m tests.bench.clients.whole PORT PATH SIZE SECONDS

The bytes are counted here and compared elsewhere (first_byte and viewers do it for every byte).
"""

import json
import socket
import sys
import time

from tests.bench.clients.http11 import HOST, get, read_head

BUFFER = 1 << 20


def download(port: int, path: str, size: int, seconds: float) -> dict[str, float]:
    """Measure from the request to the last byte, or to the end of the time; the rest is hung up on."""
    buffer = bytearray(BUFFER)
    with socket.create_connection((HOST, port), timeout=10) as connection:
        begin = time.perf_counter()
        connection.sendall(get(path))
        head, body = read_head(connection)
        got, wrong = len(body), int((head.status, head.length) != (200, size))
        while got < size and time.perf_counter() - begin < seconds:
            count = connection.recv_into(buffer)
            if count == 0:
                wrong = 1
                break
            got += count
        return {"bytes": got, "seconds": time.perf_counter() - begin, "wrong": wrong}


if __name__ == "__main__":
    print(json.dumps(download(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))))  # noqa: T201
