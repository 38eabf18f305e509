"""Look for what is known to be unsafe in nginx's configuration, as rendered: `python -m tests.nginx_lint`.

gixy does the looking (https://github.com/dvershinin/gixy). It knows Python's regular expressions, not PCRE's.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import nginx_config

ADDRESSES = {"NGINX_PORT": "127.0.0.1:8080", "VIDEO_UPSTREAM": "127.0.0.1:8000"}
ACCEPTED = {
    "add_header_redefinition": "send.conf says them all again, with less to look up; errors.conf wants none",
    "if_is_evil": "an `if` may hold an add_header; the differential test compares what comes of it",
    "return_bypasses_allow_deny": "a malformed request for /metrics is told so, and nothing else",
    "try_files_is_evil_too": "open_file_cache would go on with a file that was replaced",
}
"""What gixy is not asked about, each with the reason."""

_ONLY_PCRE = re.compile(r"\(\?\d+\)|\\g\{\d+\}")
"""A group once more, by its number: to Python's any number of digits will do."""


def findings(folder: Path) -> subprocess.CompletedProcess[str]:
    """Render the configuration into `folder` and run gixy on it; 0 is its exit code for nothing found."""
    conf = nginx_config.render(folder, ADDRESSES)
    for path in folder.rglob("*.conf"):
        path.write_text(_ONLY_PCRE.sub(r"\\d*", path.read_text()))
    command = [str(Path(sys.executable).with_name("gixy")), "--skips", ",".join(ACCEPTED), str(conf)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="video-nginx-") as folder:
        found = findings(Path(folder))
    if found.returncode:
        print(found.stdout + found.stderr)  # noqa: T201
    return found.returncode


if __name__ == "__main__":
    sys.exit(main())
