"""Preconditions, in the order RFC 9110, section 13.2.2 gives them, and If-Range (section 13.1.5)."""

from enum import Enum

from service.semantics.dates import parse_http_date
from service.semantics.etags import EntityTag, parse_entity_tag, parse_entity_tags
from service.semantics.fields import RequestFields


class Verdict(Enum):
    """What the preconditions make of a GET or HEAD; the value is the status that follows, if one does."""

    PROCEED = None
    NOT_MODIFIED = 304
    FAILED = 412


def evaluate(fields: RequestFields, etag: EntityTag, last_modified: int, *, now: int) -> Verdict:
    """Evaluate the preconditions of a GET or HEAD for a representation that exists.

    `last_modified` and `now` are seconds since the epoch. If-Range is not a precondition of the request but
    of its Range: see `range_applies`.
    """
    if not _unchanged_as_asked(fields, etag, last_modified, now):
        return Verdict.FAILED
    if not _changed_as_asked(fields, etag, last_modified, now):
        return Verdict.NOT_MODIFIED
    return Verdict.PROCEED


def range_applies(if_range: str | None, etag: EntityTag, last_modified: int, *, now: int) -> bool:
    """Say whether the Range may be answered in part: no If-Range, or one that strongly matches.

    A date matches only exactly, and only once its second is over: before that the file may change again
    without a new date, which makes the date a weak validator (section 8.8.2.2).
    """
    if if_range is None:
        return True
    if tag := parse_entity_tag(if_range):
        return tag.strongly_matches(etag)
    return parse_http_date(if_range, now=now) == last_modified and last_modified < now


def _unchanged_as_asked(fields: RequestFields, etag: EntityTag, last_modified: int, now: int) -> bool:
    # steps 1 and 2: If-Match, and If-Unmodified-Since only in its absence
    if fields.if_match is not None:
        if fields.if_match == "*":
            return True
        return any(tag.strongly_matches(etag) for tag in parse_entity_tags(fields.if_match))
    date = _date(fields.if_unmodified_since, now)
    return date is None or last_modified <= date


def _changed_as_asked(fields: RequestFields, etag: EntityTag, last_modified: int, now: int) -> bool:
    # steps 3 and 4: If-None-Match, and If-Modified-Since only in its absence
    if fields.if_none_match is not None:
        if fields.if_none_match == "*":
            return False
        return not any(tag.weakly_matches(etag) for tag in parse_entity_tags(fields.if_none_match))
    date = _date(fields.if_modified_since, now)
    return date is None or last_modified > date


def _date(value: str | None, now: int) -> int | None:
    # an invalid date is as good as none (sections 13.1.3 and 13.1.4)
    return None if value is None else parse_http_date(value, now=now)
