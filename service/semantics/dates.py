"""HTTP-date (RFC 9110, section 5.6.7)."""

import re
import time
from datetime import UTC, datetime
from email.utils import formatdate

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = f"(?P<month>{'|'.join(_MONTHS)})"
_TIME = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
_SHORT_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_LONG_DAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"

_FIFTY_YEARS = 50 * 31_556_952  # of a mean Gregorian year's seconds

_FORMATS = (
    # IMF-fixdate, the one that is generated: Sun, 06 Nov 1994 08:49:37 GMT
    re.compile(rf"{_SHORT_DAY}, (?P<day>[0-9]{{2}}) {_MONTH} (?P<year>[0-9]{{4}}) {_TIME} GMT"),
    # rfc850-date: Sunday, 06-Nov-94 08:49:37 GMT
    re.compile(rf"{_LONG_DAY}, (?P<day>[0-9]{{2}})-{_MONTH}-(?P<year>[0-9]{{2}}) {_TIME} GMT"),
    # asctime-date: Sun Nov  6 08:49:37 1994
    re.compile(rf"{_SHORT_DAY} {_MONTH} (?P<day>[0-9 ][0-9]) {_TIME} (?P<year>[0-9]{{4}})"),
)


def format_http_date(timestamp: int) -> str:
    """Return `timestamp` (seconds since the epoch) as an IMF-fixdate."""
    return formatdate(timestamp, usegmt=True)


def parse_http_date(text: str, *, now: int) -> int | None:
    """Return the seconds since the epoch that `text` means, None when it is not an HTTP-date.

    `now` (seconds since the epoch) tells the century of a two-digit year: what would be more than 50 years
    ahead is the most recent past year with the same last two digits.
    """
    for pattern in _FORMATS:
        if match := pattern.fullmatch(text):
            return _timestamp(match, now)
    return None


def _timestamp(match: re.Match[str], now: int) -> int | None:
    year = int(match["year"])
    if len(match["year"]) == 4:
        return _utc(year, match)
    century = time.gmtime(now).tm_year // 100 * 100
    timestamp = _utc(century + year, match)
    if timestamp is not None and timestamp > now + _FIFTY_YEARS:
        return _utc(century - 100 + year, match)
    return timestamp


def _utc(year: int, match: re.Match[str]) -> int | None:
    month = _MONTHS.index(match["month"]) + 1
    day, hour, minute, second = (int(match[name]) for name in ("day", "hour", "minute", "second"))
    try:
        # a leap second (:60) is in the grammar, but not in datetime's range
        moment = datetime(year, month, day, hour, minute, 59 if second == 60 else second, tzinfo=UTC)
    except ValueError:
        return None
    return int(moment.timestamp()) + (second == 60)
