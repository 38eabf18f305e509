"""The order that people expect of names: episode 2 before episode 10, capitals beside small letters."""

import re

_NUMBER = re.compile(r"0*([0-9]+)")


def natural(text: str) -> str:
    """Return a key to sort by; texts with the same key differ in case or leading zeros alone."""
    parts = _NUMBER.split(text.casefold())
    for place in range(1, len(parts), 2):
        # the longer number is the greater; the 0 in front keeps it among the digits
        parts[place] = f"0{chr(48 + len(parts[place]))}{parts[place]}"
    return "".join(parts)


def natural_path(path: str) -> str:
    """Return a key to sort paths of folders by, so that what is in a folder follows it; no two are equal."""
    return f"{natural(path.replace('/', chr(1)))}\0{path}"


def natural_name(path: str) -> str:
    """Return a key to sort the files of one folder by, `Film.mp4` before `Film 2.mp4`; no two are equal."""
    return f"{natural(path.rpartition('.')[0])}\0{path}"
