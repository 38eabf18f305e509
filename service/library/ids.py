"""Ids of videos, made from their paths: readable, one segment of a URL's path, the same on every machine.

Two paths may come to the same plain id. Which of them keeps it depends on the paths alone, never on which was
there first. A hash stands behind a `~`, which no plain id holds, so no hashed id is ever another's plain one.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

LONGEST = 200
"""Bytes in UTF-8."""

_GAP = re.compile(r"-*[^A-Za-z0-9._-][^A-Za-z0-9._]*")
_GAP_IN_MARKED = re.compile(r"-* [ -]*")  # where everything that does not stay is a space
_DIGITS_OF_A_CUT = 32  # so many that two different paths do not come to the same (128 bits)
_DIGITS = (8, 16, 64)  # of a contested id: the first number that tells all apart


def plain_id(path: str) -> str:
    """Return the id of `path`, which has `/` between folders, as long as no other path claims it.

    Letters, marks and digits of any script stay, and `-._`; other characters become one `-`, `/` two.
    """
    folder, _, name = path.rpartition("/")
    plain = f"{_plain_folder(folder)}{_plain(name)}"
    if len(plain) * 4 <= LONGEST or len(plain.encode()) <= LONGEST:
        return plain
    return _hashed(plain, path, _DIGITS_OF_A_CUT)


def settle(paths: Iterable[str]) -> dict[str, str]:
    """Return the ids of `paths`, all of which claim the same plain one.

    A path that is its own id keeps it; without any other, the only one does; the rest get a hash.
    """
    plain = {path: plain_id(path) for path in paths}
    if len(plain) == 1:
        return plain
    contested = [path for path, own in plain.items() if path != own]
    for digits in _DIGITS:
        hashed = {path: _hashed(plain[path], path, digits) for path in contested}
        if len(set(hashed.values())) == len(hashed):
            break
    return plain | hashed


@lru_cache(maxsize=64)  # the files of a folder come one after the other
def _plain_folder(folder: str) -> str:
    return "".join(f"{_plain(segment)}--" for segment in folder.split("/")) if folder else ""


def _plain(segment: str) -> str:
    if segment.isascii():
        return _GAP.sub("-", segment)
    composed = unicodedata.normalize("NFC", segment)
    return _GAP_IN_MARKED.sub("-", "".join(char if _stays(char) else " " for char in composed))


def _stays(char: str) -> bool:
    # marks too: without them most words of Indian scripts fall into pieces
    return char in "-._" or char.isalnum() or unicodedata.category(char).startswith("M")


def _hashed(plain: str, path: str, digits: int) -> str:
    if len(plain.encode()) + 1 + digits > LONGEST:
        digits = max(digits, _DIGITS_OF_A_CUT)
    stem, dot, ending = plain.rpartition(".")
    digest = hashlib.blake2b(path.encode(), digest_size=digits // 2).hexdigest()
    end = f"~{digest}{dot}{ending}"
    # (what is left of a character that was cut in two is dropped)
    return stem.encode()[: LONGEST - len(end)].decode(errors="ignore") + end
