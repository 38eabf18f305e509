"""The decisions as nginx finds them: a folder of links, named as the resources are, each to the file to send.

To follow a link costs nginx nothing that it would not do for any file; to ask, even its own cache, would cost
more than all else that it does for a range. So the service says beforehand what may be sent and until when:

    known/whole/videos/film.mp4    -> the file, for all of it and, if there is no cap, any range
    known/small/chunked/film.mp4   -> the file, for ranges of at most SMALL bytes, if the cap is no smaller
    1794000000, 1794000001, ...    -> known, a name for each second for which that holds

nginx looks below the name of the present second. Names are made anew as long as all links are looked after;
when nobody does, they come to an end by themselves.
"""

import contextlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from service.delivery.decision import is_for_nginx
from service.delivery.resource import Resource
from service.errors import MediaError

SMALL = 100_000
"""Bytes that a range has at the most which nginx takes for a small one (nginx/http/ranges.conf)."""

_KNOWN, _WHOLE, _SMALL = "known", "whole", "small"
_DEPTH = 2  # segments: `/video.mp4`, `/videos/<id>`
_MOST = 1000  # links; all are looked after, which takes some 50 µs each

Find = Callable[[str], Resource | None]


class Published:
    """The links in `folder` to what `find` finds by the path of a URL. All of this blocks."""

    def __init__(self, folder: Path, find: Find) -> None:
        self._folder = folder
        self._known = folder / _KNOWN
        self._find = find

    def publish(self, path: str) -> None:
        """Decide about the resource at `path`, and link or unlink its file.

        What cannot be the name of a link is not for nginx.
        """
        if not _is_name(path):
            return
        with contextlib.suppress(OSError):  # too long, or no room: then the service answers
            for kind, target in self._decide(path).items():
                self._set(kind + path, target)

    def look_after(self, now: float, seconds: int, within: float) -> None:
        """Decide again about everything that is known, which then holds for `seconds` more.

        What is not reached `within` so many seconds is forgotten: the disk is slow, and nothing may be
        acted on that was not looked at in time.
        """
        deadline = time.monotonic() + within
        for name in self._names():
            kind, _, path = name.partition("/")
            late = time.monotonic() > deadline
            with contextlib.suppress(OSError):
                if late or self._decide(f"/{path}").get(kind) != self._target(name):
                    self._set(name, None)
        self._known.mkdir(exist_ok=True)
        self._hold(int(now), seconds)

    def _decide(self, path: str) -> dict[str, Path | None]:
        resource = self._find(path)
        if resource is None:
            return {_WHOLE: None, _SMALL: None}
        target, limit = self._file(resource, path), resource.policy.max_partial_size
        return {_WHOLE: target, _SMALL: target if limit is not None and limit >= SMALL else None}

    def _file(self, resource: Resource, path: str) -> Path | None:
        try:
            file = resource.opener()
        except MediaError:
            return None
        with file:
            return file.path.absolute() if is_for_nginx(file, path, now=int(time.time())) else None

    def _set(self, name: str, target: Path | None) -> None:
        link = self._known / name
        if target is None:
            link.unlink(missing_ok=True)
        elif target != self._target(name):
            # at once, and also over an older one: who opens it meanwhile finds one of the two
            link.parent.mkdir(parents=True, exist_ok=True)
            made = self._folder / f"new-{secrets.token_hex(8)}"
            made.symlink_to(target)
            try:
                made.replace(link)
            except OSError:
                made.unlink()
                raise

    def _target(self, name: str) -> Path | None:
        try:
            return (self._known / name).readlink()
        except OSError:
            return None

    def _names(self) -> Iterator[str]:
        links = sorted(_links(self._known), key=_age)
        for link in links[_MOST:]:
            link.unlink(missing_ok=True)
        return (link.relative_to(self._known).as_posix() for link in links[:_MOST])

    def _hold(self, now: int, seconds: int) -> None:
        wanted = {str(second) for second in range(now - 1, now + seconds + 1)}
        there = {entry.name for entry in os.scandir(self._folder) if entry.name.isdigit()}
        for name in wanted - there:
            with contextlib.suppress(FileExistsError):  # another replica was faster
                (self._folder / name).symlink_to(_KNOWN)
        for name in there - wanted:
            (self._folder / name).unlink(missing_ok=True)


def _is_name(path: str) -> bool:
    # of a request: it must not lead anywhere, nor be so deep that a link could be a folder to another
    segments = path.removeprefix("/").split("/")
    return len(segments) <= _DEPTH and not {"", ".", ".."} & {*segments} and "\0" not in path


def _links(folder: Path) -> Iterator[Path]:
    # a link is a link, whatever lies behind it by now
    with contextlib.suppress(FileNotFoundError):
        for entry in os.scandir(folder):
            if entry.is_symlink():
                yield Path(entry.path)
            elif entry.is_dir(follow_symlinks=False):
                yield from _links(Path(entry.path))


def _age(link: Path) -> float:
    with contextlib.suppress(OSError):
        return -link.lstat().st_mtime
    return 0.0
