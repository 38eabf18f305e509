"""Header fields of answers (RFC 9110, sections 5.3, 6.6.1, 8, 15)."""

from collections.abc import Iterator

from tests.conformance.cases_connection import kinds
from tests.conformance.expect import answer, beside, has, lacks, same_as_plain, status
from tests.conformance.grammar import (
    connection_fields_named,
    dates_are_imf,
    is_now,
    modified_before,
    no_field_twice,
    well_formed,
)
from tests.conformance.model import Case, Expectation, Facts, case, request
from tests.conformance.rules import (
    ALL_206,
    CONTENT_TYPE,
    DATE,
    DATE_NOW,
    EXPLAIN,
    FIELDS_206,
    FIELDS_304,
    GRAMMAR,
    IMF,
    LENGTH,
    LENGTH_TRUE,
    MODIFIED_PAST,
    NAMED,
    ONE_LINE,
    SPARE_206,
    SPARE_304,
    VALIDATORS,
    VARY,
)
from tests.conformance.wire import Exchange, Script

KEPT = ("ETag", "Cache-Control", "Vary")
explained = answer(
    "content that explains, and not the file", lambda found, facts: 0 < len(found.body) < facts.size / 2
)
no_content = answer("no content", lambda found, _: not found.body)
strong = answer("a strong ETag", lambda found, _: found.value("ETag")[:1] == '"')


grammar = (IMF(dates_are_imf), ONE_LINE(no_field_twice), GRAMMAR(well_formed), NAMED(connection_fields_named))


def of_every_answer(facts: Facts) -> Iterator[Case]:
    """Date, no field twice, a length, a type, for each kind of answer."""
    asked = {**kinds(facts, close=True), "400": ("GET", request(facts, host=""))}
    for name, (method, sent) in asked.items():
        script = Script((sent,), (method,))
        yield case(f"{name}: Date", script, DATE(has("Date")))
        yield case(f"{name}: grammar", script, *grammar)
        if method == "GET" and name != "304":
            described = (
                CONTENT_TYPE(has("Content-Type") | no_content),
                LENGTH(has("Content-Length") | no_content),
            )
            yield case(f"{name}: content", script, *described)
        if method == "GET" and name[0] == "4":
            yield case(f"{name}: explanation", script, EXPLAIN(explained | status(200)))


def of_the_file(facts: Facts) -> Iterator[Case]:
    """Validators, and what 206 and 304 repeat of a 200."""
    plain = request(facts)
    yield case("Date is now", plain, DATE_NOW(is_now))
    yield case("ETag", plain, VALIDATORS(has("ETag")), VALIDATORS(strong))
    yield case("Last-Modified", plain, VALIDATORS(has("Last-Modified")), MODIFIED_PAST(modified_before))
    yield from _of_206(facts)
    yield from _of_304(facts)
    accepted = ["text/html", "*/*", "application/json"]
    each = [
        request(facts, f"Accept: {kind}", target=facts.missing, close=kind == accepted[-1])
        for kind in accepted
    ]
    yield case("Vary where Accept decides", Script((b"".join(each),), ("GET",) * 3), VARY(varies))


def _of_206(facts: Facts) -> Iterator[Case]:
    for kind, ranges in {"206": "bytes=0-4", "206 of several": "bytes=0-4,1000-1004"}.items():
        sent = request(facts, f"Range: {ranges}")
        tagged = request(facts, f"Range: {ranges}", f"If-Range: {facts.etag}")
        for name in KEPT:
            yield case(f"{kind}: {name}", sent, FIELDS_206(not_206 | same_as_plain(name)))
        yield case(f"{kind}, If-Range: {', '.join(KEPT)}", tagged, FIELDS_206(not_206 | kept))
        yield case(f"{kind}: Last-Modified", sent, ALL_206(not_206 | same_as_plain("Last-Modified")))
        yield case(f"{kind}, If-Range: no Last-Modified", tagged, SPARE_206(not_206 | lacks("Last-Modified")))
    one = request(facts, "Range: bytes=0-4")
    yield case("206: Content-Type of the file", one, ALL_206(not_206 | same_as_plain("Content-Type")))


not_206 = beside(206)
kept = same_as_plain("ETag") & same_as_plain("Cache-Control") & same_as_plain("Vary")


def _of_304(facts: Facts) -> Iterator[Case]:
    asked = {
        "304": request(facts, f"If-None-Match: {facts.etag}"),
        "304 by date": request(facts, f"If-Modified-Since: {facts.date()}"),
        "304 to HEAD": request(facts, "If-None-Match: *", method="HEAD"),
    }
    for kind, sent in asked.items():
        for name in KEPT:
            yield case(f"{kind}: {name}", sent, FIELDS_304(beside(304) | same_as_plain(name)))
        yield case(f"{kind}: no Content-Type", sent, SPARE_304(beside(304) | lacks("Content-Type")))
        yield case(f"{kind}: Content-Length", sent, LENGTH_TRUE(beside(304) | true_length))
    # "might be useful if the response does not have an ETag field"
    spare = beside(304) | lacks("Last-Modified") | lacks("ETag")
    yield case("304: no Last-Modified", asked["304"], SPARE_304(spare))


true_length = answer(
    "the file's Content-Length, or none",
    lambda found, facts: found.value("Content-Length") in {"", str(facts.size)},
)


def _varies(seen: Exchange, _: Facts) -> bool:
    types = {found.value("Content-Type") for found in seen.answers}
    return len(types) < 2 or all("accept" in found.members("Vary") for found in seen.answers)


varies = Expectation("Vary: Accept, if the type depends on Accept", _varies)
