"""The request header fields that decide about an answer (RFC 9110, sections 5, 13 and 14)."""

from collections.abc import Iterable
from dataclasses import dataclass

_DECIDING = {
    b"range": "range",
    b"if-match": "if_match",
    b"if-none-match": "if_none_match",
    b"if-modified-since": "if_modified_since",
    b"if-unmodified-since": "if_unmodified_since",
    b"if-range": "if_range",
}


@dataclass(frozen=True, slots=True)
class RequestFields:
    """Field values by name, None where the request has no such field.

    Several lines of one name are one value joined by commas (section 5.3). For the list-based fields that is
    their meaning; for the others it makes a value outside their grammar, which is what they then are.
    """

    range: str | None = None
    if_match: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None
    if_unmodified_since: str | None = None
    if_range: str | None = None

    @classmethod
    def from_lines(cls, lines: Iterable[tuple[bytes, bytes]]) -> "RequestFields":
        """Pick the fields out of `lines`: (name in lower case, value), as ASGI has them."""
        values: dict[str, str] = {}
        for name, value in lines:
            if field := _DECIDING.get(name):
                text = value.decode("latin-1").strip(" \t")
                values[field] = f"{values[field]}, {text}" if field in values else text
        return cls(**values)
