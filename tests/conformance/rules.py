"""The RFCs' own words, each with its keyword; called with an expectation a rule makes a claim."""

from dataclasses import dataclass

from tests.conformance.model import Claim, Expectation, Level


@dataclass(frozen=True)
class Rule:
    level: Level
    section: str
    words: str

    def __call__(self, expected: Expectation) -> Claim:
        return Claim(self.level, self.section, self.words, expected)


def must(section: str, words: str) -> Rule:
    return Rule("MUST", section, words)


def should(section: str, words: str) -> Rule:
    return Rule("SHOULD", section, words)


# --- messages

SEMANTICS = must("9110 2.4", "MUST interpret a received protocol element according to its semantics")
GRAMMAR = must("9110 2.2", "A sender MUST NOT generate protocol elements that do not match the grammar")
BAD_MESSAGE = should("9112 2.2", "what does not match the HTTP-message grammar: SHOULD respond with a 400")
EMPTY_LINE = should("9112 2.2", "SHOULD ignore at least one empty line (CRLF) prior to the request-line")
BARE_CR = must("9112 2.2", "a bare CR: MUST consider the element invalid or replace it with SP")
INDENTED = must("9112 2.2", "whitespace before the first field: MUST either reject or consume each such line")
LONG_TARGET = must("9112 3", "a longer target than it wishes to parse: MUST respond with a 414")
TARGET_8000 = should("9112 3", "RECOMMENDED to support, at a minimum, request-line lengths of 8000 octets")
BAD_LINE = should("9112 3.2", "an invalid request-line: SHOULD respond with either a 400 or a 301")
HOST = must("9112 3.2", "MUST respond with a 400 to no Host, several, or an invalid one")
ABSOLUTE = must("9112 3.2.2", "A server MUST accept the absolute-form in requests")
ABSOLUTE_HOST = must("9112 3.2.2", "MUST ignore the received Host and use that of the request-target")
COLON = must("9112 5.1", "MUST reject, with 400, whitespace between a header field name and colon")
COMBINED = should("9110 5.3", "several lines of a list-based field mean one list, not an error")
FOLD = must("9112 5.2", "of an obs-fold: MUST either reject by sending a 400 or replace it with SP")
NUL = must("9110 5.5", "CR, LF or NUL within a field value: MUST either reject or replace with SP")
OPAQUE = should("9110 5.5", "A recipient SHOULD treat other allowed octets in field content as opaque data")
OWS = must("9110 5.5", "MUST exclude such whitespace prior to evaluating the field value")
LIST = must("9110 5.6.1.2", "A recipient MUST accept lists that satisfy the syntax with optional elements")
UNKNOWN_FIELD = should("9110 5.1", "Other recipients SHOULD ignore unrecognized header fields")
LARGE_FIELD = must("9110 5.4", "larger than it wishes to process: MUST respond with a 4xx")
WHOLE_SECTION = must("9110 5.3", "MUST NOT apply a request until it receives the entire header section")
ONE_LINE = must("9110 5.3", "a sender MUST NOT generate multiple field lines with the same name")
DATE_FORMATS = must("9110 5.6.7", "MUST accept all three HTTP-date formats")
TWO_DIGIT_YEAR = must("9110 5.6.7", "over 50 years ahead: MUST interpret as the most recent past year")
IMF = must("9110 5.6.7", "the sender MUST generate those timestamps in the IMF-fixdate format")
VERSION = should("9110 6.2", "SHOULD send the highest version to which the server is conformant")
MINOR = should("9110 6.2", "a higher minor version: SHOULD process the message as if it were in the highest")
DATE = must("9110 6.6.1", "An origin server with a clock MUST generate a Date in all 2xx, 3xx and 4xx")
DATE_NOW = should("9110 6.6.1", "SHOULD generate its value as the best available approximation of the time")

# --- targets

EMPTY_HOST = must("9110 4.2.1", "an empty host identifier: MUST reject it as invalid")
USERINFO = should("9110 4.2.4", "SHOULD parse for userinfo and treat its presence as an error")
EQUIVALENT = should("9110 4.2.3", "URIs equivalent after normalization SHOULD NOT be distinct resources")
ONCE = should("3986 2.4", "must not percent-encode or decode the same string more than once")
SECURED = must("9110 7.4", "a request for https over an unsecured connection MUST be rejected")
OUTSIDE = should("9110 17.3", "origin servers ought to be careful: no path leads out of what is served")
UPGRADE_10 = must("9110 7.8", "MUST ignore an Upgrade field in an HTTP/1.0 request")

# --- methods and content

GET_HEAD = must("9110 9.1", "All general-purpose servers MUST support the methods GET and HEAD")
NOT_ALLOWED = should("9110 9.1", "SHOULD respond with 501 (unrecognized) or 405 (not allowed)")
CASE_SENSITIVE = must("9110 9.1", "The method token is case-sensitive (2.4: MUST interpret as defined)")
ALLOW = must("9110 15.5.6", "MUST generate an Allow header field in a 405 response")
HEAD_EMPTY = must("9110 9.3.2", "HEAD: the server MUST NOT send content in the response")
HEAD_SAME = should("9110 9.3.2", "SHOULD send the same header fields in response to HEAD as to GET")
OPTIONS = should("9110 9.3.7", "a 2xx to OPTIONS SHOULD send any header that indicates features")
CONNECT = must("9110 9.3.6", "MUST reject a CONNECT request that targets an empty or invalid port number")
CONTENT_TYPE = should("9110 8.3", "a message containing content SHOULD generate a Content-Type")
LENGTH = should("9110 8.6", "SHOULD send a Content-Length when the content size is known")
LENGTH_TRUE = must("9110 8.6", "MUST NOT send a Content-Length that differs from that of GET, or of a 200")
MODIFIED_PAST = must("9110 8.8.2.1", "MUST NOT generate a Last-Modified later than the message")
VALIDATORS = should("9110 15.3.1", "In 200 responses SHOULD send any available validator fields")
CONTINUE = must("9110 10.1.1", "MUST send an immediate final status code or an immediate 100")
CONTINUE_10 = must("9110 10.1.1", "MUST ignore a 100-continue expectation in an HTTP/1.0 request")
VARY = should("9110 12.5.5", "SHOULD generate a Vary on a cacheable response to be selectively reused")
EXPLAIN = should("9110 15.5", "SHOULD send a representation containing an explanation, except for HEAD")
CODING = should("9110 12.5.3", "SHOULD send no content coding where none is listed as acceptable")

# --- preconditions

STRONG = must("9110 13.1.1", "An origin server MUST use the strong comparison function for If-Match")
IF_MATCH = must("9110 13.2.2", "MUST evaluate in this order: If-Match false: respond 412")
WEAK = must("9110 13.1.2", "A recipient MUST use the weak comparison function for If-None-Match")
IF_NONE_MATCH = must("9110 13.1.2", "If-None-Match false for GET and HEAD: MUST respond with 304")
CONDITION_TRUE = must("9110 13.2.2", "MUST evaluate in this order; all true: perform the method")
SINCE_304 = should("9110 13.1.3", "If-Modified-Since false: SHOULD generate a 304 response")
SINCE_INVALID = must("9110 13.1.3", "MUST ignore it if it is no HTTP-date or has more than one member")
SINCE_BESIDE = must("9110 13.1.3", "MUST ignore If-Modified-Since if the request contains an If-None-Match")
UNSINCE = must("9110 13.1.4", "MUST evaluate If-Unmodified-Since; MUST NOT perform the method if it is false")
UNSINCE_INVALID = must("9110 13.1.4", "MUST ignore If-Unmodified-Since if it is not a valid HTTP-date")
UNSINCE_BESIDE = must("9110 13.1.4", "MUST ignore If-Unmodified-Since if the request contains an If-Match")
ORDER = must("9110 13.2.2", "MUST evaluate the request preconditions in the following order")
NORMAL_CHECKS = must("9110 13.2.1", "MUST ignore them if without them the response were no 2xx or 412")
NO_SELECTION = must("9110 13.2.1", "MUST ignore them with a method such as CONNECT, OPTIONS, or TRACE")
FIELDS_304 = must(
    "9110 15.4.5",
    "304 MUST generate ETag, Cache-Control, Vary and more, as in a 200",
)
SPARE_304 = should("9110 15.4.5", "304 SHOULD NOT generate other representation metadata")

# --- ranges

RANGE = should("9110 14.2", "valid and satisfiable: SHOULD send a 206 that corresponds to it")
RANGE_INVALID = should("9110 14.2", "an invalid ranges-specifier: MAY ignore or reject, and nothing else")
RANGE_UNIT = must("9110 14.2", "MUST ignore a Range that contains a range unit it does not understand")
RANGE_METHOD = must("9110 14.2", "MUST ignore a Range with a method for which range handling is not defined")
RANGE_NUMBERS = must("9110 14.1.2", "MUST anticipate large numerals and prevent integer overflows")
RANGE_416 = should("9110 14.2", "valid and unsatisfiable: SHOULD send a 416")
RANGE_LATER = must("9110 13.2.2", "MUST evaluate in order; Range is evaluated after them (14.2)")
SIZE_416 = should("9110 15.5.17", "416 SHOULD generate a Content-Range specifying the current length")
CONTENT_RANGE = must("9110 14.4", "MUST ignore a Content-Range in a request for which it is not defined")
NO_MULTIPART = must("9110 15.3.7.2", "MUST NOT generate a multipart response to a request for a single range")
PART_ORDER = should("9110 15.3.7.2", "SHOULD send the parts in the same order")
PART_TYPE = should("9110 15.3.7.2", "SHOULD generate that same Content-Type in each body part")
FIELDS_206 = must("9110 15.3.7", "206 MUST generate ETag, Cache-Control, Vary and more, as in a 200")
ALL_206 = must("9110 15.3.7", "206 without If-Range: MUST generate all of the representation fields of a 200")
SPARE_206 = should("9110 15.3.7", "with If-Range: SHOULD NOT generate other representation fields")
MODEST = should("9110 17.15", "Servers ought to ignore, coalesce, or reject egregious range requests")
IF_RANGE = must("9110 13.1.5", "MUST ignore Range if the If-Range condition evaluates to false")
IF_RANGE_TRUE = should("9110 13.1.5", "If-Range true: SHOULD process the Range header field as requested")
IF_RANGE_ALONE = must("9110 13.1.5", "MUST ignore an If-Range in a request that does not contain a Range")
IF_RANGE_GARBAGE = should("9110 13.1.5", "neither an entity-tag nor a date that matches exactly: not true")

# --- framing and connections

CODING_UNKNOWN = should("9112 6.1", "a transfer coding it does not understand: SHOULD respond with 501")
NOT_CHUNKED = must("9112 6.3", "chunked is not the final encoding: MUST respond with the 400 and then close")
BOTH = must("9112 6.1", "Content-Length and Transfer-Encoding: MUST close the connection after responding")
CODED_10 = must("9112 6.1", "HTTP/1.0 with Transfer-Encoding: MUST treat the framing as faulty and close")
NO_CODING_10 = must("9112 6.1", "MUST NOT send Transfer-Encoding unless the request indicates HTTP/1.1")
BAD_LENGTH = must("9112 6.3", "an invalid Content-Length: MUST respond with a 400 and then close")
SAME_LENGTHS = must("9110 8.6", "the same value repeated: MAY either reject or replace with one")
INCOMPLETE = must("9112 6.3", "MUST consider the message to be incomplete and close the connection")
CHUNKED = must("9112 7.1", "A recipient MUST be able to parse and decode the chunked transfer coding")
CHUNK_EXTENSION = must("9112 7.1.1", "A recipient MUST ignore unrecognized chunk extensions")
CHUNK_SIZE = must("9112 7.1", "MUST anticipate potentially large hexadecimal numerals")
DELIMITED = should("9112 6.3", "SHOULD generate encoding or length-delimited messages")
READ_BODY = must("9112 9.3", "MUST read the entire request message body or close the connection")
PERSIST = should("9112 9.3", "implementations SHOULD support persistent connections")
PIPELINE = must("9112 9.3.2", "MUST send the corresponding responses in the same order")
CLOSE = must("9112 9.6", "on a close option MUST initiate closure after the final response")
CLOSE_SAID = should("9112 9.6", "SHOULD send a close connection option in its final response")
NO_MORE = must("9112 9.6", "MUST NOT process any further requests received on that connection")
CLOSE_10 = should("9112 9.3", "HTTP/1.0 without keep-alive: the connection will close")
NAMED = must("9110 7.6.1", "MUST list fields about the connection within Connection")
WRONG_VERSION = should("9110 15.6.6", "a version that is not supported: 505, or 400 (SHOULD, 9112 2.2)")
CACHE_REQUEST = should("9111 5.2.1", "directives for caches; SHOULD ignore what is unknown (9110 5.1)")
