"""All topics, in the order of the report."""

from collections.abc import Iterator

from tests.conformance.cases_connection import closing, parsing, persistence, versions
from tests.conformance.cases_dates import if_modified_since, if_unmodified_since
from tests.conformance.cases_fields import host, lines, many, of_no_effect
from tests.conformance.cases_framing import codings, expectations, lengths
from tests.conformance.cases_headers import of_every_answer, of_the_file
from tests.conformance.cases_if_range import if_range
from tests.conformance.cases_methods import get_and_head, others
from tests.conformance.cases_preconditions import if_match, if_none_match, order
from tests.conformance.cases_ranges import no_range, one_range
from tests.conformance.cases_several import several
from tests.conformance.cases_targets import absolute, invalid, paths
from tests.conformance.model import Case, Facts, Topic

TOPICS: dict[str, tuple[Topic, ...]] = {
    "ranges": (one_range, no_range),
    "several ranges": (several,),
    "if-range": (if_range,),
    "preconditions": (if_match, if_none_match, order),
    "dates": (if_modified_since, if_unmodified_since),
    "methods": (get_and_head, others),
    "targets": (absolute, paths, invalid),
    "fields": (host, lines, many, of_no_effect),
    "framing": (lengths, codings, expectations),
    "connection": (persistence, closing, versions, parsing),
    "headers": (of_every_answer, of_the_file),
}


def cases(facts: Facts, topic: str) -> Iterator[Case]:
    """The cases of a topic."""
    for part in TOPICS[topic]:
        yield from part(facts)


def every_case(facts: Facts) -> Iterator[tuple[str, Case]]:
    for topic in TOPICS:
        for found in cases(facts, topic):
            yield topic, found
