"""Where it takes place: the composed stack with nginx static beside it, and the films."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench import load
from tests.bench.contestants import Contestant
from tests.bench.files import MIDDLE, File, Library
from tests.bench.stack import Composed

PORT = 8080
RANGE = 50_000
STATIC, DIRECT, CHUNKED = "nginx static", "ours, direct", "ours, chunked"
LOGGED = "nginx static with the image's access log"
QUIET = "without access log"


class WrongAnswerError(Exception):
    """A contestant does not send what it was asked for: its speed is of no interest."""


@dataclass(frozen=True)
class Pace:
    """How often, and for how many seconds."""

    rounds: int
    burst: float = 4
    peer_burst: float = 2
    growth_burst: float = 1
    crowd_burst: float = 2
    probe: float = 8
    refresh: float = 20
    hold: float = 15
    download: float = 3
    viewers: int = 1000

    @classmethod
    def quick(cls, rounds: int) -> "Pace":
        return cls(rounds, 1, 1, 1, 1, 2, 4, 4, 1, viewers=200)


class Arena:
    def __init__(self, library: Library, stack: Composed, pace: Pace) -> None:
        self.library, self.pace = library, pace
        self.file = MIDDLE
        self.stack = stack
        self._containers = stack.containers()
        self._checked = False

    def show(self, file: File) -> None:
        """Make this the film of everybody, and see to it that all of them really send it."""
        if file != self.file:
            self.stack.feature(file)
            self.file, self._containers, self._checked = file, self.stack.containers(), False
        if not self._checked:
            self.warm(
                [self.static, self.logged, self.direct, self.chunked, self.quiet(DIRECT), self.quiet(CHUNKED)]
            )
            self._checked = True

    def warm(self, contestants: Iterable[Contestant]) -> None:
        """Compare answers with the file, byte by byte, and bring what is cached into its cache."""
        for one in contestants:
            path = self.library.path(self.file)
            if wrong := load.first_bytes(one, path, RANGE, load.Questions(100, 1)).wrong:
                raise WrongAnswerError(f"{one.name}: {wrong} answers about {self.file.label} are wrong")
            load.ranges(one, self.file, RANGE, 16, 1)

    @property
    def namespace(self) -> int:
        """Where the processes that are compared live, too: the same loopback, the same sysctls."""
        return self._containers["static"][1]

    @property
    def static(self) -> Contestant:
        return self._made_of(STATIC, f"/{self.file.name}", "static")

    @property
    def logged(self) -> Contestant:
        return self._made_of(LOGGED, f"/{self.file.name}", "logged")

    @property
    def direct(self) -> Contestant:
        return self._ours(DIRECT, "/video.mp4")

    @property
    def chunked(self) -> Contestant:
        return self._ours(CHUNKED, "/chunked_video.mp4")

    def quiet(self, name: str) -> Contestant:
        """The same without an access log on stdout; every delivery is counted all the same."""
        path = {DIRECT: "/video.mp4", CHUNKED: "/chunked_video.mp4"}[name]
        return self._ours(f"{name}, {QUIET}", path, "quiet")

    def _ours(self, name: str, path: str, nginx: str = "nginx") -> Contestant:
        return self._made_of(name, path, nginx, "service")

    def _made_of(self, name: str, path: str, *services: str) -> Contestant:
        """Take the first of them for the one that is asked."""
        ids, roots = zip(*(self._containers[one] for one in services), strict=True)
        return Contestant(name, roots[0], PORT, path, roots, ids)


@contextmanager
def opened(pace: Pace) -> Iterator[Arena]:
    """Start everything; at the end nothing is left of it."""
    with tempfile.TemporaryDirectory(prefix="video-bench-") as scratch:
        library = Library(Path(scratch))
        stack = Composed(library, MIDDLE)
        try:
            yield Arena(library, stack, pace)
        finally:
            stack.stop()
