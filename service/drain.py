"""Whether this process is about to end: set once, by the server, and read by all who then act differently."""

import asyncio


class Drain:
    """Not begun at first; once begun it cannot be taken back. Belongs to the event loop's thread."""

    def __init__(self) -> None:
        self._begun = asyncio.Event()

    @property
    def has_begun(self) -> bool:
        """Whether it has."""
        return self._begun.is_set()

    def begin(self) -> None:
        """Begin; once more changes nothing."""
        self._begun.set()

    async def begun(self) -> None:
        """Return when it has begun."""
        await self._begun.wait()
