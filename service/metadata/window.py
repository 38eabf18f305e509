"""Reading a file here and there, within bounds that hold whatever is in it."""

from collections import deque
from collections.abc import Callable

Read = Callable[[int, int], bytes]
"""`read(offset, length)` as os.pread does it: fewer bytes at the end of the file."""

CHUNK = 4096
"""Bytes: what is read at a time, and the most that can be looked at in one piece."""
MAX_READS = 200
"""So no file costs more than 800 KiB; most need two or three reads, whatever their length."""
MAX_LOOKS = 5_000
"""What is looked at once more costs no read, and has to end all the same."""
_KEPT = 4


class Window:
    """The last few chunks that were read of a file of `size` bytes, and what may still be read.

    Past the bounds there is nothing: the file seems to end, which every parser has to cope with anyway.
    """

    def __init__(self, read: Read, size: int) -> None:
        self.size = size
        self._read = read
        # the newest first: one goes from a box into its children, and on behind it
        self._chunks: deque[tuple[int, bytes]] = deque(maxlen=_KEPT)
        self._reads_left = MAX_READS
        self._looks_left = MAX_LOOKS

    def look(self, start: int, length: int) -> bytes:
        """Return the `length` bytes (CHUNK at most) at `start`, fewer where the file or a bound ends them."""
        self._looks_left -= 1
        length = min(length, self.size - start, CHUNK)
        if length <= 0 or self._looks_left < 0:
            return b""
        for begin, chunk in self._chunks:
            if begin <= start and start + length <= begin + len(chunk):
                return chunk[start - begin : start - begin + length]
        return self._fetch(start)[:length]

    def _fetch(self, start: int) -> bytes:
        if not self._reads_left:
            return b""
        self._reads_left -= 1
        chunk = self._read(start, min(CHUNK, self.size - start))
        self._chunks.appendleft((start, chunk))
        return chunk
