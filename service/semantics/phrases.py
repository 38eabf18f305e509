"""Reason phrases as RFC 9110, section 15 has them, whatever the Python version calls them."""

from http import HTTPStatus

_CHANGED = {413: "Content Too Large", 414: "URI Too Long", 416: "Range Not Satisfiable"}


def phrase(status: int) -> str:
    """Return the phrase of a registered status code."""
    return _CHANGED.get(status) or HTTPStatus(status).phrase


def refusal(status: int, reason: str) -> bytes:
    """Return the body of a refusal: one line that says what was wrong."""
    return f"{status} {phrase(status)}: {reason}\n".encode()


def refusal_fields(body: bytes) -> list[tuple[bytes, bytes]]:
    """Return the header fields, as (name in lower case, value), that every answer with such a body has."""
    return [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
    ]
