"""A video of the library, as the index knows it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Track:
    """Text beside a video: `clip.vtt`, `clip.en.vtt`; `language` is a BCP 47 tag, or empty."""

    file: str
    """The path below the media root, `/` between folders; the same in `Entry`."""
    language: str
    label: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A video: its id, its file, and what lies beside it. `modified` is in nanoseconds since the epoch.

    The id is made from `file` and is one segment of a URL's path, once it is percent-encoded; it ends as
    the file does (`Series 1/Episode 2.mp4` is `Series-1--Episode-2.mp4`).
    """

    id: str
    file: str
    title: str
    size: int
    modified: int
    content_type: str
    tracks: tuple[Track, ...] = ()
    poster: str | None = None
    """A picture beside it: `clip.jpg`, `.webp` or `.png`."""

    @property
    def folder(self) -> str:
        """The path of its folder below the media root, empty for the root itself."""
        return self.file.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class File:
    """Whatever else may be asked for by its path: a track, a poster, a piece of HLS or DASH; or a video."""

    file: str
    content_type: str
