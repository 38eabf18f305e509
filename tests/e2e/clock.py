"""A clock that jumps, for the processes that are started with it: libfaketime tells them the time."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.debian import UnavailableError, unpacked


@dataclass(frozen=True)
class Clock:
    """The time of day; what measures how long something takes (CLOCK_MONOTONIC) goes on as ever."""

    library: Path
    file: Path

    def jump(self, seconds: int) -> None:
        """Be so many seconds off the true time from now on."""
        new = self.file.with_suffix(".new")
        new.write_text(f"{seconds:+d}s\n")
        new.chmod(0o644)
        new.replace(self.file)

    @property
    def environment(self) -> dict[str, str]:
        """What a process has to be started with."""
        return {
            "LD_PRELOAD": str(self.library),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "DONT_FAKE_MONOTONIC": "1",
            # (to read the file at each call would make everything a hundred times slower)
            "FAKETIME_CACHE_DURATION": "1",
            "NO_FAKE_STAT": "1",
        }


def clock_in(folder: Path) -> Clock:
    """Make a clock that is right for the time being, or skip the test."""
    try:
        found = list(unpacked("libfaketime").glob("usr/lib/*/faketime/libfaketimeMT.so.1"))
    except UnavailableError as error:
        pytest.skip(f"no clock can be made to jump: {error}")
    clock = Clock(found[0], folder / "offset")
    clock.jump(0)
    return clock
