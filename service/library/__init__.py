"""The files: which there are, and opening one as a representation."""

from service.library.entry import Entry, File, Track
from service.library.files import MediaFile, entity_tag
from service.library.library import STATES, Library
from service.library.scan import REASONS

__all__ = ["REASONS", "STATES", "Entry", "File", "Library", "MediaFile", "Track", "entity_tag"]
