"""What holds for every answer, whatever was asked: it is HTTP, and it is true."""

from tests.conformance.answers import Answer
from tests.conformance.byteranges import UntrueError, pieces_of
from tests.conformance.model import Facts
from tests.conformance.wire import Exchange, Script


def untruth(seen: Exchange, script: Script, facts: Facts) -> str:
    """Say what is not true of an exchange, with the section; empty if nothing is."""
    if seen.fault:
        return seen.fault
    for method, found in zip(script.methods, seen.answers, strict=False):
        if found.status == 206 and method != "HEAD" and (reason := _untrue_part(found, facts)):
            return reason
    if seen.rest and not seen.rest.startswith(b"HTTP/1."):
        return f"9112 6.3: octets behind the end of the answer: {seen.rest[:40]!r}"
    return ""


def _untrue_part(found: Answer, facts: Facts) -> str:
    try:
        pieces_of(found, found.body, facts.content)
    except UntrueError as error:
        return str(error)
    if facts.cap is not None and len(found.body) > facts.cap:
        return f"9110 14.2: more than the cap: a 206 of {len(found.body)} octets"
    return ""
