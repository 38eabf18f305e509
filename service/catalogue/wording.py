"""Numbers as people read them: pure."""

from datetime import UTC, datetime
from zlib import crc32

_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB", "EB")
_LAST_SECOND = 253_402_300_799  # of the year 9999
_BILLION = 1_000_000_000


def clock(seconds: float) -> str:
    """Return a duration as players show it: `0:07`, `12:34`, `1:02:03`."""
    minutes, second = divmod(int(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"


def iso_duration(seconds: float) -> str:
    """Return a duration as HTML's `time` element has it."""
    return f"PT{int(seconds)}S"


def amount(size: float, unit: str = "") -> str:
    """Return bytes in decimal units, to three digits: `255.8 kB` is `256 kB`; with a unit, whatever it is."""
    step = 0
    while size >= 999.5 and step < len(_UNITS) - 1:
        size, step = size / 1000, step + 1
    digits = 0 if step == 0 or size >= 99.95 else 1
    name = _UNITS[step]
    if unit:
        name = "" if step == 0 else name[0]
    return f"{size:.{digits}f} {name}{unit}"


def rfc3339(nanoseconds: int) -> str:
    """Return a time since the epoch as RFC 3339 has it, in whole seconds; years beyond are cut to 9999."""
    seconds = min(max(nanoseconds // _BILLION, 0), _LAST_SECOND)
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def date(nanoseconds: int) -> str:
    """Return a time since the epoch for reading."""
    return rfc3339(nanoseconds).replace("T", " ").replace("Z", " UTC")


def shade(text: str, shades: int) -> int:
    """Choose one of so many shades, always the same for the same text."""
    return crc32(text.encode()) % shades
