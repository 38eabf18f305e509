"""What a video says of itself, whatever kind of file it is.

There is no library for it in here: those that read these containers either run ffmpeg, are about music's
tags (mutagen), or read a whole index into memory and promise no bounds on files from strangers.
"""

from service.metadata.facts import NOTHING, Facts
from service.metadata.matroska import matroska_facts
from service.metadata.mp4 import mp4_facts
from service.metadata.ogg import ogg_facts
from service.metadata.window import Read, Window

_EBML = b"\x1a\x45\xdf\xa3"
_OGG = b"OggS"
_FIRST_BOXES = {
    b"ftyp",
    b"moov",
    b"mdat",
    b"free",
    b"skip",
    b"wide",
    b"pnot",
    b"uuid",
    b"styp",
    b"sidx",
    b"moof",
}
_MP4_TYPES = {"video/mp4", "video/quicktime"}


def read_facts(read: Read, size: int, content_type: str) -> Facts:
    """Return what a file of `size` bytes says of itself, NOTHING when it is of no kind that is understood.

    `read` is as in os.pread without the descriptor; an OSError of it passes through, and nothing else is
    raised whatever is in the file. It is called MAX_READS times for CHUNK bytes at most (`window`). The
    content decides what kind it is, and `content_type` where the content is nothing well-known.
    """
    window = Window(read, size)
    begin = window.look(0, 8)
    if begin.startswith(_EBML):
        return matroska_facts(window)
    if begin.startswith(_OGG):
        return ogg_facts(window)
    if begin[4:] in _FIRST_BOXES or (content_type in _MP4_TYPES and len(begin) == 8):
        return mp4_facts(window)
    return NOTHING
