"""Files that are none."""


class File:
    """Bytes that are read as a file is, and how they were read; `size` may be another than they have."""

    def __init__(self, data: bytes, size: int | None = None) -> None:
        self.data = data
        self.size = len(data) if size is None else size
        self.reads: list[tuple[int, int]] = []

    def read(self, offset: int, length: int) -> bytes:
        assert 0 <= offset < self.size
        assert 0 < length <= self.size - offset
        self.reads.append((offset, length))
        return self.data[offset : offset + length]
