"""The peers at their fastest documented setting, and our service alone, as processes beside nginx static."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench.contestants import Contestant, inside
from tests.bench.files import PEERS_NAME, File, Library
from tests.conformance.servers import AIOHTTP, CADDY_PEER, QUART, Environment, Launch, Peer
from tests.debian import UnavailableError
from tests.e2e.targets import ROOT
from tests.e2e.targets.process import LoggedProcess, clean_environment, wait_until

STARLETTE = """
import uvicorn
from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

def video(request):
    return FileResponse(%(folder)r + "/video.mp4")

app = Starlette(routes=[Route("/video.mp4", video)])
uvicorn.run(app, host="127.0.0.1", port=%(port)d, log_level="critical", loop="uvloop", http="httptools")
"""
FASTEST = Environment(
    "bench", ("aiohttp[speedups]", "starlette", "uvicorn", "uvloop", "httptools", "quart", "hypercorn")
)
FIRST_PORT = 9001
KNOCK = "import socket; socket.create_connection(('127.0.0.1', %d), 1)"


def _alone(folder: Path, port: int) -> Launch:
    env = {"VIDEO_BIND": f"127.0.0.1:{port}", "VIDEO_MEDIA_ROOT": str(folder)}
    return Launch([sys.executable, "-m", "service"], env)


ALONE = Peer("this service alone", lambda: "", _alone)
TUTORIAL = Peer(
    "the tutorial: Quart, send_file", FASTEST.versions("quart", "hypercorn"), FASTEST.script(QUART)
)
UVICORN = Peer(
    "Starlette, FileResponse", FASTEST.versions("starlette", "uvicorn", "uvloop"), FASTEST.script(STARLETTE)
)
SENDFILE = Peer("aiohttp, static route", FASTEST.versions("aiohttp"), FASTEST.script(AIOHTTP))
PEERS = (CADDY_PEER, SENDFILE, UVICORN, TUTORIAL, ALONE)


@contextmanager
def serving(
    peers: tuple[Peer, ...], library: Library, file: File, namespace: int
) -> Iterator[list[Contestant]]:
    """Start each of them on loopback in that namespace; one that cannot be had here is left out."""
    with ExitStack() as stack:
        started = []
        for port, peer in enumerate(peers, FIRST_PORT):
            try:
                started.append(stack.enter_context(_running(peer, library.alone(file), namespace, port)))
            except UnavailableError as error:
                print(f"{peer.name}: {error}", file=sys.stderr)  # noqa: T201
        yield started


@contextmanager
def _running(peer: Peer, folder: Path, namespace: int, port: int) -> Iterator[Contestant]:
    launch = peer.launch(folder, port)
    log = folder.parent / f"{port}.log"
    command = inside(namespace, launch.command)
    process = LoggedProcess(command, clean_environment(**launch.env), log, cwd=ROOT)
    try:
        wait_until(lambda: _listens(namespace, port), 20, f"{peer.name} listens")
        yield Contestant(peer.name, namespace, port, f"/{PEERS_NAME}", (process.pid,))
    finally:
        process.stop()


def _listens(namespace: int, port: int) -> bool:
    knock = inside(namespace, [sys.executable, "-c", KNOCK % port])
    return subprocess.run(knock, capture_output=True, check=False, env=os.environ).returncode == 0
