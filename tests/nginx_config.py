"""The configuration under nginx/ as a plain process uses it: copied, and its templates filled in.

In the container the image's envsubst step does the same.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.nginx_binary import Nginx

SOURCE = Path(__file__).parents[1] / "nginx"
DEFAULTS = {
    "NGINX_LISTEN": "plain",
    "NGINX_LOCAL_RESOLVERS": "127.0.0.1",
    "NGINX_LOG_PIECE": "4k",  # what deploy/log_piece.envsh says of a file
    "NGINX_TLS_PORT": "8443",
    "NGINX_TLS_PUBLIC_PORT": "443",
    "VIDEO_CACHE_MAX_AGE": "300",
    "VIDEO_MAX_PARTIAL_SIZE": "100000",
    "VIDEO_STALL_TIMEOUT": "60",
    "VIDEO_DRAIN_TIMEOUT": "30",
    "VIDEO_HEADER_TIMEOUT": "10",
    "VIDEO_MAX_DELIVERIES": "2000",
    "VIDEO_MAX_DELIVERIES_PER_CLIENT": "1500",
    "VIDEO_MAX_REQUEST_RATE": "0",
    "VIDEO_RATE_LIMIT": "0",
}
FOR_THE_SCRIPT = {
    "VIDEO_ACCESS_LOG": "true",
    "VIDEO_MAX_URI_SIZE": "8000",
    "VIDEO_MAX_HEADER_SIZE": "16384",
    "VIDEO_CLIENT_IPV6_PREFIX": "64",
    "VIDEO_TRUSTED_PROXIES": "",
}
"""Of these and some of the others the script makes what templates name."""

SCRIPT = SOURCE.parent / "deploy/limits.envsh"
DERIVED = frozenset(re.findall(r"(?m)^(NGINX_\w+)=", SCRIPT.read_text()))
VARIABLES = frozenset(DEFAULTS) | DERIVED | {"NGINX_PORT", "VIDEO_UPSTREAM"}
"""What templates may name; the image's NGINX_ENVSUBST_FILTER says the same."""


def render(folder: Path, variables: Mapping[str, str]) -> Path:
    """Write a complete configuration into `folder`, which nginx also works in; return its nginx.conf."""
    shutil.copytree(SOURCE, folder, dirs_exist_ok=True)
    run = folder / "run"
    for writable in (run, folder / "cache", folder / "log", folder / "decisions"):
        writable.mkdir(exist_ok=True)
    values = derived(DEFAULTS | FOR_THE_SCRIPT | dict(variables))
    for template in sorted((folder / "templates").iterdir()):
        (run / template.stem).write_text(substitute(template.read_text(), values))
    return folder / "nginx.conf"


def derived(values: Mapping[str, str]) -> dict[str, str]:
    """Add what the image's entrypoint makes of the settings."""
    command = ["sh", "-ec", f". {SCRIPT}; env -0"]
    env = {"PATH": os.environ.get("PATH", os.defpath), **values}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    made = dict(line.split("=", 1) for line in done.stdout.split("\0") if line)
    return dict(values) | {name: made[name] for name in DERIVED}


def substitute(text: str, values: Mapping[str, str]) -> str:
    """Replace `${NAME}` for the names in VARIABLES and leave nginx's own variables alone, like envsubst."""
    return re.sub(r"\$\{(\w+)\}", lambda m: values[m[1]] if m[1] in VARIABLES else m[0], text)


def command(nginx: Nginx, conf: Path) -> list[str]:
    """Run nginx in the foreground, as the user who asks: as root it would give its workers to another."""
    directives = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
    # it forgets its environment, save for what a test's clock (libfaketime) looks into ever again
    directives += "".join(f" env {name};" for name in os.environ if "FAKE" in name)
    return [nginx.path, "-p", str(conf.parent), "-c", str(conf), "-e", "stderr", "-g", directives]
