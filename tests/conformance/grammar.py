"""Fields of answers, by the grammar that the RFCs give them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from tests.conformance.answers import Answer
from tests.conformance.expect import answer
from tests.conformance.model import Facts, imf

IMF_FIXDATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4}"
    r" [0-9]{2}:[0-9]{2}:[0-9]{2} GMT"
)
TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
PARAMETER = rf'[ \t]*;[ \t]*{TOKEN}=({TOKEN}|"[^"]*")'
TOKENS = re.compile(rf"{TOKEN}([ \t]*,[ \t]*{TOKEN})*")
DIRECTIVE = rf'{TOKEN}(=({TOKEN}|"[^"]*"))?'
GRAMMARS: dict[str, Callable[[str], object]] = {
    "ETag": re.compile(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"').fullmatch,
    "Content-Type": re.compile(rf"{TOKEN}/{TOKEN}({PARAMETER})*").fullmatch,
    "Content-Length": re.compile(r"[0-9]+").fullmatch,
    "Content-Range": re.compile(r"bytes ([0-9]+-[0-9]+/([0-9]+|\*)|\*/[0-9]+)").fullmatch,
    "Cache-Control": re.compile(rf"{DIRECTIVE}([ \t]*,[ \t]*{DIRECTIVE})*").fullmatch,
    "Accept-Ranges": TOKENS.fullmatch,
    "Vary": TOKENS.fullmatch,
    "Allow": re.compile(rf"({TOKENS.pattern})?").fullmatch,
}
# Fields that are no lists, so one line of each is all there may be.
SINGLE = {
    *("content-length", "content-type", "content-range", "content-location", "etag", "last-modified"),
    *("date", "expires", "location", "age", "retry-after", "server"),
}


def _dates_are_imf(found: Answer, _: Facts) -> bool:
    dates = [value for name in ("Date", "Last-Modified", "Expires") for value in found.values(name)]
    return all(IMF_FIXDATE.fullmatch(text) for text in dates)


def _no_field_twice(found: Answer, _: Facts) -> bool:
    names = [name.lower() for name, _ in found.fields]
    return not any(names.count(name) > 1 for name in SINGLE)


def _well_formed(found: Answer, _: Facts) -> bool:
    return all(matches(value) for name, matches in GRAMMARS.items() for value in found.values(name))


def _connection_fields_named(found: Answer, _: Facts) -> bool:
    return all(
        name in found.members("Connection") for name in ("keep-alive", "upgrade") if found.values(name)
    )


def _moment(found: Answer, name: str) -> datetime:
    return parsedate_to_datetime(found.value(name) or imf(0))


def _is_now(found: Answer, _: Facts) -> bool:
    return abs(_moment(found, "Date") - datetime.now(UTC)) < timedelta(minutes=1)


def _modified_before(found: Answer, _: Facts) -> bool:
    return _moment(found, "Last-Modified") <= _moment(found, "Date")


dates_are_imf = answer("dates as IMF-fixdate", _dates_are_imf)
no_field_twice = answer("no field twice", _no_field_twice)
well_formed = answer("fields within their grammar", _well_formed)
connection_fields_named = answer("Keep-Alive and Upgrade named in Connection", _connection_fields_named)
is_now = answer("Date within a minute of now", _is_now)
modified_before = answer("Last-Modified not later than Date", _modified_before)
