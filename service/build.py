"""What was built: revision and time, which the image's build writes beside this file (deploy/Dockerfile)."""

import json
from pathlib import Path
from typing import NamedTuple

from service import __version__

UNKNOWN = "unknown"
_BUILD = Path(__file__).with_name("build.json")


class Build(NamedTuple):
    """A version, the revision of the sources and when they were built, each as a text."""

    version: str
    revision: str
    created: str


def read_build(path: Path = _BUILD) -> Build:
    """Return what is running; what nobody has written down is `unknown`."""
    try:
        written = json.loads(path.read_text())
        revision, created = written["revision"], written["created"]
    except (OSError, ValueError, KeyError, TypeError):
        revision = created = ""
    return Build(__version__, str(revision) or UNKNOWN, str(created) or UNKNOWN)
