"""The command line: `python -m service` serves; `... healthcheck` and `... readycheck` ask a running one."""

import signal
import sys

# First of all, since process 1 of a container ignores signals that it has no handler for: what follows takes
# long enough to be stopped in the middle of it.
signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))

import argparse
import logging
import os
import threading

from service import __version__
from service.errors import ConfigurationError, MediaError
from service.healthcheck import PROBES, answers
from service.settings import FileSettings, Settings, load_settings

USAGE_ERROR = 2

_CHECKED_WITHIN = 3.0  # seconds


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit status: 0, 1 for a failed probe, 2 for what is to be mended."""
    command = _parse(arguments)
    try:
        if command in PROBES:
            return 0 if answers(load_settings(lambda _: ()), PROBES[command]) else 1
        _serve(load_settings(_file_problems))
    except ConfigurationError as error:
        print(
            "The service cannot start:",
            *(f"  - {problem}" for problem in error.problems),
            sep="\n",
            file=sys.stderr,
        )
        return USAGE_ERROR
    return 0


def _parse(arguments: list[str] | None) -> str:
    parser = argparse.ArgumentParser(prog="python -m service", description="A video origin.")
    parser.add_argument("command", nargs="?", default="serve", choices=("serve", *PROBES))
    parser.add_argument("--version", action="version", version=__version__)
    return str(parser.parse_args(arguments).command)


def _file_problems(settings: FileSettings) -> list[str]:
    problems: list[str] = []
    # in a thread: a mount that hangs is no reason not to start, and may come back
    checking = threading.Thread(target=_check_media, args=(settings, problems), daemon=True)
    checking.start()
    checking.join(_CHECKED_WITHIN)
    folders = {
        "VIDEO_DELIVERY_LOG": settings.delivery_log and settings.delivery_log.parent,
        "VIDEO_DECISIONS": settings.decisions,
    }
    problems += [
        f"{name}: {folder} is not a folder that this user may write to"
        for name, folder in folders.items()
        if folder and not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK))
    ]
    return problems


def _check_media(settings: FileSettings, problems: list[str]) -> None:
    from service.library import Library

    try:
        Library(settings.media_root, settings.featured).check()
    except MediaError as error:
        problems.append(f"VIDEO_MEDIA_ROOT, VIDEO_FEATURED: {error}")


def _serve(settings: Settings) -> None:
    # not above: the health check, which runs every few seconds, would spend most of its time on these
    from service.app import create_app
    from service.drain import Drain
    from service.logs import configure_logging
    from service.server import run

    configure_logging(settings.log_level, settings.log_format)
    drain = Drain()
    app, observers = create_app(settings, drain)
    run(app, settings, observers, drain)


if __name__ == "__main__":
    status = main()
    logging.shutdown()
    sys.stdout.flush()
    # not sys.exit(), which waits for every thread, and one may hang on a mount for ever
    os._exit(status)
