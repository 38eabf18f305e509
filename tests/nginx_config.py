"""The configuration under nginx/ as a plain process uses it: copied, and its templates filled in.

In the container the image's envsubst step does the same.
"""

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.nginx_binary import Nginx

SOURCE = Path(__file__).parents[1] / "nginx"
DEFAULTS = {
    "NGINX_LOCAL_RESOLVERS": "127.0.0.1",
    "VIDEO_ACCESS_LOG": "true",
    "VIDEO_CACHE_MAX_AGE": "300",
    "VIDEO_MAX_PARTIAL_SIZE": "100000",
    "VIDEO_STALL_TIMEOUT": "60",
    "VIDEO_DRAIN_TIMEOUT": "30",
}
VARIABLES = frozenset(DEFAULTS) | {"NGINX_PORT", "VIDEO_UPSTREAM"}
"""What templates may name; the image's NGINX_ENVSUBST_FILTER says the same."""


def render(folder: Path, variables: Mapping[str, str]) -> Path:
    """Write a complete configuration into `folder`, which nginx also works in; return its nginx.conf."""
    shutil.copytree(SOURCE, folder, dirs_exist_ok=True)
    run = folder / "run"
    for writable in (run, folder / "cache", folder / "log", folder / "decisions"):
        writable.mkdir(exist_ok=True)
    for template in sorted((folder / "templates").iterdir()):
        (run / template.stem).write_text(substitute(template.read_text(), DEFAULTS | dict(variables)))
    return folder / "nginx.conf"


def substitute(text: str, values: Mapping[str, str]) -> str:
    """Replace `${NAME}` for the names in VARIABLES and leave nginx's own variables alone, like envsubst."""
    return re.sub(r"\$\{(\w+)\}", lambda m: values[m[1]] if m[1] in VARIABLES else m[0], text)


def command(nginx: Nginx, conf: Path) -> list[str]:
    """Run nginx in the foreground, as the user who asks: as root it would give its workers to another."""
    directives = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
    # it forgets its environment, save for what a test's clock (libfaketime) looks into ever again
    directives += "".join(f" env {name};" for name in os.environ if "FAKE" in name)
    return [nginx.path, "-p", str(conf.parent), "-c", str(conf), "-e", "stderr", "-g", directives]
