"""The addresses of a video, and the commands about it: pure."""

import shlex
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from service.library import Entry


@dataclass(frozen=True, slots=True)
class Links:
    """Paths of this origin, percent-encoded; `tracks` in the order of the entry's."""

    direct: str
    chunked: str
    watch: str
    embed: str
    api: str
    poster: str | None
    tracks: tuple[str, ...]


def links(entry: Entry) -> Links:
    """Return where everything of an entry is."""
    name = _encoded(entry.id)
    return Links(
        direct=f"/videos/{name}",
        chunked=f"/chunked/{name}",
        watch=f"/watch/{name}",
        embed=f"/embed/{name}",
        api=f"/api/videos/{name}",
        poster=_file(entry.poster) if entry.poster else None,
        tracks=tuple(_file(track.file) for track in entry.tracks),
    )


def mend(entry: Entry) -> str:
    """Return the shell command that puts a video's index before its media, in a new file beside it.

    It is for the media folder, and copies the streams as they are.
    """
    return shlex.join(
        ["ffmpeg", "-i", _operand(entry.file), "-c", "copy", "-movflags", "+faststart", mended(entry)]
    )


def replace(entry: Entry) -> str:
    """Return the shell command that puts what `mend` made in the place of the video."""
    return shlex.join(["mv", mended(entry), _operand(entry.file)])


def mended(entry: Entry) -> str:
    """Name the file that `mend` makes."""
    path = PurePosixPath(entry.file)
    return _operand(str(path.with_name(f"{path.stem}.faststart{path.suffix}")))


def part(url: str, size: int) -> str:
    """Return the shell command that fetches the first bytes of a video of `size` bytes, up to 100,000."""
    return shlex.join(["curl", "-r", f"0-{max(0, min(size, 100_000) - 1)}", "-o", "part", url])


def _encoded(segment: str) -> str:
    return quote(segment, safe="")


def _file(path: str) -> str:
    return "/files/" + "/".join(map(_encoded, path.split("/")))


def _operand(path: str) -> str:
    # neither an option nor one of ffmpeg's protocols
    return f"./{path}" if path.startswith("-") or ":" in path else path
