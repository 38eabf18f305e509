"""The peers: how each of them serves a folder the way its documentation begins, on a port of loopback."""

import functools
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests import nginx_binary
from tests.debian import CACHE, UnavailableError, unpacked

FILE = "video.mp4"

NGINX = """
daemon off; pid nginx.pid; worker_processes 1; error_log stderr crit; %(user)s
events {}
http {
    types { video/mp4 mp4; }
    access_log off;
    client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t; uwsgi_temp_path t; scgi_temp_path t;
    server { listen 127.0.0.1:%(port)d; root %(folder)s; }
}
"""
CADDY = """
{
    admin off
}
http://:%(port)d {
    bind 127.0.0.1
    root * %(folder)s
    file_server
}
"""
AIOHTTP = """
from aiohttp import web
app = web.Application()
app.router.add_static("/", %(folder)r)
web.run_app(app, host="127.0.0.1", port=%(port)d, access_log=None, print=None)
"""
STARLETTE = """
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
app = Starlette(routes=[Mount("/", StaticFiles(directory=%(folder)r))])
uvicorn.run(app, host="127.0.0.1", port=%(port)d, log_level="critical")
"""
QUART = """
import asyncio
from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart, send_file
app = Quart(__name__)

@app.route("/video.mp4")
async def video():
    return await send_file(%(folder)r + "/video.mp4", conditional=True)

config = Config()
config.bind = ["127.0.0.1:%(port)d"]
config.errorlog = None
asyncio.run(serve(app, config))
"""


@dataclass(frozen=True)
class Launch:
    """A command that runs until it is ended, and what its environment holds besides."""

    command: list[str]
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Peer:
    """A server to compare with; both functions may raise UnavailableError."""

    name: str
    version: Callable[[], str]
    launch: Callable[[Path, int], Launch]


def _nginx(folder: Path, port: int) -> Launch:
    nginx = nginx_binary.find()
    work = Path(tempfile.mkdtemp(dir=folder.parent))
    # as root nginx would give its workers to a user who may not read the folder
    user = "user root;" if Path("/proc/self").stat().st_uid == 0 else ""
    (work / "nginx.conf").write_text(NGINX % {"user": user, "port": port, "folder": folder})
    return Launch([nginx.path, "-p", str(work), "-c", str(work / "nginx.conf"), "-e", "stderr"], nginx.env)


def _caddy(folder: Path, port: int) -> Launch:
    conf = folder.parent / "Caddyfile"
    conf.write_text(CADDY % {"port": port, "folder": folder})
    return Launch(
        [caddy(), "run", "--adapter", "caddyfile", "--config", str(conf)], {"HOME": str(folder.parent)}
    )


@functools.cache
def caddy() -> str:
    """Find Caddy on PATH, or unpack the distribution's package into the cache folder."""
    if path := shutil.which("caddy"):
        return path
    return str(unpacked("caddy") / "usr/bin/caddy")


@dataclass(frozen=True)
class Environment:
    """Where Python peers live, which is none of the project's; made when first asked for."""

    name: str
    packages: tuple[str, ...]

    @functools.cache  # noqa: B019 - a few environments, and they stay
    def python(self) -> str:
        binary = CACHE / self.name / "bin/python"
        if not binary.exists():
            _run([sys.executable, "-m", "venv", str(CACHE / self.name)])
        _run([str(binary), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *self.packages])
        return str(binary)

    def script(self, text: str) -> Callable[[Path, int], Launch]:
        """Launch a program with the folder and the port filled in."""
        return lambda folder, port: Launch(
            [self.python(), "-c", text % {"folder": str(folder), "port": port}]
        )

    def versions(self, *names: str) -> Callable[[], str]:
        def ask() -> str:
            pip = [self.python(), "-m", "pip", "list", "--disable-pip-version-check", "--format", "json"]
            found = {entry["name"].lower(): entry["version"] for entry in json.loads(_run(pip))}
            return ", ".join(f"{name} {found[name]}" for name in names)

        return ask


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnavailableError(f"{command[0]}: {(done.stderr.strip() or 'no reason given').splitlines()[-1]}")
    return done.stdout


DEFAULTS = Environment("peers", ("aiohttp", "starlette", "uvicorn", "quart", "hypercorn"))
CADDY_PEER = Peer("Caddy, file_server", lambda: _run([caddy(), "version"]).split()[0], _caddy)
PEERS = (
    Peer("nginx, static files", lambda: nginx_binary.find().version, _nginx),
    CADDY_PEER,
    Peer("aiohttp, static route", DEFAULTS.versions("aiohttp"), DEFAULTS.script(AIOHTTP)),
    Peer("Starlette, StaticFiles", DEFAULTS.versions("starlette", "uvicorn"), DEFAULTS.script(STARLETTE)),
    Peer("Quart, send_file", DEFAULTS.versions("quart", "hypercorn"), DEFAULTS.script(QUART)),
)
