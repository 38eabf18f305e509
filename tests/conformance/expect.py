"""What an answer may be: small expectations that combine with | and &."""

from collections.abc import Callable, Sequence

from tests.conformance.answers import Answer
from tests.conformance.byteranges import Piece, UntrueError, is_multipart, pieces_of
from tests.conformance.model import Expectation, Facts
from tests.conformance.wire import Exchange

Range = tuple[int, int]
_OVERHEAD = 200  # octets between two parts at the most; ranges closer than that may be coalesced (15.3.7.2)


def answer(says: str, holds: Callable[[Answer, Facts], bool], number: int = 0) -> Expectation:
    """The first answer (or another one) is such."""

    def check(seen: Exchange, facts: Facts) -> bool:
        return len(seen.answers) > number and holds(seen.answers[number], facts)

    return Expectation(says, check)


def status(*codes: int) -> Expectation:
    return answer(" or ".join(str(code) for code in codes), lambda found, _: found.status in codes)


def beside(*codes: int) -> Expectation:
    """Any answer but these, and none that blames the server (501 and 505 speak of the request)."""
    said = "/".join(str(code) for code in codes)

    def holds(found: Answer, _: Facts) -> bool:
        return found.status not in codes and (found.status < 500 or found.status in {501, 505})

    return answer(f"an answer{f' that is not {said}' if said else ''}, and no server error", holds)


def is_whole(found: Answer, facts: Facts) -> bool:
    return found.status == 200 and found.body == facts.content


whole = answer("200 with the whole file", is_whole)
whole_head = answer(
    "200 without content, its Content-Length (if there is one) the file's size",
    lambda found, facts: (
        found.status == 200 and not found.body and found.value("Content-Length") in {"", str(facts.size)}
    ),
)
refused = answer("a 4xx", lambda found, _: 400 <= found.status < 500)
not_modified = answer("304", lambda found, _: found.status == 304)
failed = answer("412", lambda found, _: found.status == 412)
unsatisfiable = status(416)
rejected = status(400, 416)
not_multipart = answer("no multipart", lambda found, _: not is_multipart(found))
no_answer = Expectation("no answer", lambda seen, _: not seen.answers)
closed = Expectation("the connection closed", lambda seen, _: seen.closed)
one_answer = Expectation(
    "one answer and no more", lambda seen, _: len(seen.answers) == 1 and not seen.rest.startswith(b"HTTP/")
)
no_206 = Expectation("no 206 for what is not a request", lambda seen, _: not _has_206(seen))


def _has_206(seen: Exchange) -> bool:
    return any(found.status == 206 for found in seen.answers) or b" 206 " in seen.rest


def answers(*codes: int) -> Expectation:
    """These statuses, in this order."""
    said = ", ".join(str(code) for code in codes)
    return Expectation(said, lambda seen, _: tuple(found.status for found in seen.answers) == codes)


def carried(found: Answer, facts: Facts) -> list[Piece]:
    """The pieces of the file that a 206 carries; none where it is untrue."""
    try:
        return pieces_of(found, found.body, facts.content) if found.status == 206 else []
    except UntrueError:
        return []


def any_206(*, multipart: bool = True) -> Expectation:
    """Any 206; whether it is true is checked of every answer."""
    return answer("a 206", lambda found, _: found.status == 206 and (multipart or not is_multipart(found)))


def _size_told(found: Answer, facts: Facts) -> bool:
    return found.status != 416 or found.value("Content-Range").lower() == f"bytes */{facts.size}"


size_told = answer("the file's size in Content-Range", _size_told)


def part(first: int, last: int) -> Expectation:
    """A 206 with just this range; with a cap the range may end earlier."""

    def holds(found: Answer, facts: Facts) -> bool:
        pieces = carried(found, facts)
        if len(pieces) != 1 or is_multipart(found) or pieces[0].first != first:
            return False
        return pieces[0].last == last if facts.cap is None else _capped(pieces[0], last, facts.cap)

    return answer(f"206 with bytes {first}-{last} alone", holds)


def _capped(piece: Piece, last: int, cap: int) -> bool:
    return piece.last <= last and piece.last - piece.first < cap


def parts(*asked: Range) -> Expectation:
    """A 206 with these ranges or a portion of them (14.2), coalesced where they are close (15.3.7.2)."""

    def holds(found: Answer, facts: Facts) -> bool:
        pieces = carried(found, facts)
        room = facts.cap is None or len(found.body) <= facts.cap
        return bool(pieces) and room and all(_within(piece, coalesced(asked)) for piece in pieces)

    return answer(f"206 with {', '.join(f'{a}-{b}' for a, b in asked[:6])}", holds)


def in_order(*asked: Range) -> Expectation:
    """No part stands before one whose range was asked for earlier."""

    def place(piece: Piece) -> int:
        return next((n for n, (a, b) in enumerate(asked) if piece.first <= b and a <= piece.last), 0)

    def holds(found: Answer, facts: Facts) -> bool:
        places = [place(piece) for piece in carried(found, facts)]
        return places == sorted(places)

    return answer("the parts in the order asked for", holds)


def coalesced(asked: Sequence[Range]) -> list[Range]:
    merged: list[Range] = []
    for first, last in sorted(asked):
        if merged and first <= merged[-1][1] + _OVERHEAD:
            merged[-1] = merged[-1][0], max(merged[-1][1], last)
        else:
            merged.append((first, last))
    return merged


def _within(piece: Piece, ranges: Sequence[Range]) -> bool:
    return any(first <= piece.first and piece.last <= last for first, last in ranges)


def has(name: str, number: int = 0) -> Expectation:
    return answer(f"a {name} field", lambda found, _: bool(found.values(name)), number)


def lacks(name: str) -> Expectation:
    return answer(f"no {name} field", lambda found, _: not found.values(name))


def same_as_plain(name: str) -> Expectation:
    """The field is what it is in the 200."""
    return answer(
        f"{name} as in the 200", lambda found, facts: found.values(name) == facts.plain.values(name)
    )


def lists(name: str, *members: str) -> Expectation:
    wanted = {member.lower() for member in members}
    return answer(f"{name} lists {', '.join(members)}", lambda found, _: wanted <= set(found.members(name)))
