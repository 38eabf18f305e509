"""Whether nginx may send a video itself.

nginx sends only what cannot be read in two ways (nginx/http/lanes.conf); everything else, and everything that
is decided against here, it hands to the service.
"""

from service.library import MediaFile
from service.media_types import media_type

STILL = 2
"""Seconds for which a file has to have been left alone: one that is being written is for the service, which
looks before each block; and until its second is over, an entity-tag may come to mean two versions."""


def is_for_nginx(file: MediaFile, path: str, *, now: int) -> bool:
    """Say whether nginx may send `file` to who asks for `path`; `now` in seconds since the epoch."""
    thing = file.representation
    # nginx knows the media type by the name that it was asked for
    alike = media_type(path) == thing.content_type
    # (nginx takes dates before 1970 for the first second of it)
    return bool(thing.size) and alike and 0 <= thing.last_modified <= now - STILL
