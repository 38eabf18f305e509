"""The files: which there are, and opening one as a representation."""

from service.library.files import Library, MediaFile, entity_tag

__all__ = ["Library", "MediaFile", "entity_tag"]
