"""Entity-tags: their lists and the two comparisons (RFC 9110, sections 8.8.3 and 13.1)."""

import re
from dataclasses import dataclass

_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_ONE = re.compile(_TAG)
# A list of them as a recipient must read it, empty members and all (section 5.6.1.2). The possessive
# quantifiers leave nothing to backtrack into, so a hostile list costs no more than its length.
_LIST = re.compile(rf"[ \t,]*+{_TAG}(?:[ \t]*+,[ \t,]*+(?:{_TAG})?)*+[ \t]*+")


@dataclass(frozen=True, slots=True)
class EntityTag:
    """An entity-tag; `opaque` is the quoted string with its quotes."""

    opaque: str
    weak: bool = False

    def __str__(self) -> str:
        """Return the tag as a field value."""
        return f"W/{self.opaque}" if self.weak else self.opaque

    def strongly_matches(self, other: "EntityTag") -> bool:
        """Compare as section 8.8.3.2's strong comparison does."""
        return self.opaque == other.opaque and not (self.weak or other.weak)

    def weakly_matches(self, other: "EntityTag") -> bool:
        """Compare as section 8.8.3.2's weak comparison does."""
        return self.opaque == other.opaque


def parse_entity_tag(text: str) -> EntityTag | None:
    """Return the one entity-tag that `text` is, None when it is something else."""
    return _tag(text) if _ONE.fullmatch(text) else None


def parse_entity_tags(text: str) -> tuple[EntityTag, ...]:
    """Return the members of a list of entity-tags; a text outside the grammar has none."""
    if not _LIST.fullmatch(text):
        return ()
    return tuple(_tag(member) for member in _ONE.findall(text))


def _tag(text: str) -> EntityTag:
    weak = text.startswith("W/")
    return EntityTag(text[2:] if weak else text, weak)
