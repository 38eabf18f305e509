"""What is known of a video beyond its file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """What the container says; None wherever it says nothing, or nothing that makes sense.

    `duration` is in seconds, `width` and `height` in pixels as displayed, `bitrate` in bits per second of
    the whole file, `codecs` as in a media type's codecs parameter (RFC 6381), video first. `faststart` says
    whether the index comes before the media, so that playing begins without a look at the file's end.
    """

    duration: float | None = None
    width: int | None = None
    height: int | None = None
    codecs: str | None = None
    bitrate: int | None = None
    faststart: bool | None = None


NOTHING = Facts()
