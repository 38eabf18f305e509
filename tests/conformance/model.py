"""What a check is made of: facts about the file, claims, cases."""

import re
import string
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formatdate, parsedate_to_datetime
from typing import Literal, TypeAlias
from urllib.parse import quote, urlsplit

from tests.conformance.answers import Answer
from tests.conformance.wire import Exchange, Script, converse

Level: TypeAlias = Literal["MUST", "SHOULD"]
DAY = 86_400


class NotServedError(Exception):
    """The server does not serve the file, so that there is nothing to check."""


@dataclass(frozen=True)
class Facts:
    """The server, the file it serves, and what its answer to a plain GET was.

    `cap` is how many octets a 206 may carry at most where the server limits them.
    """

    url: str
    path: str
    content: bytes
    plain: Answer
    cap: int | None = None

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 80

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def last(self) -> int:
        return self.size - 1

    @property
    def missing(self) -> str:
        """A path beside the file's where nothing is."""
        return self.path.rpartition("/")[0] + "/nothing-is-here"

    @property
    def etag(self) -> str:
        return self.plain.value("ETag") or '"none was sent"'

    @property
    def modified(self) -> int:
        """Last-Modified in seconds since the epoch; the epoch where there is none."""
        try:
            return int(parsedate_to_datetime(self.plain.value("Last-Modified")).timestamp())
        except ValueError:
            return 0

    def date(self, offset: int = 0) -> str:
        """An IMF-fixdate that many seconds after Last-Modified."""
        return imf(self.modified + offset)


def imf(timestamp: int) -> str:
    return formatdate(timestamp, usegmt=True)


def rfc850(timestamp: int) -> str:
    return datetime.fromtimestamp(timestamp, UTC).strftime("%A, %d-%b-%y %H:%M:%S GMT")


def asctime(timestamp: int) -> str:
    moment = datetime.fromtimestamp(timestamp, UTC)
    return f"{moment:%a %b} {moment.day:2} {moment:%H:%M:%S %Y}"


@dataclass(frozen=True)
class Expectation:
    """What may be found; `says` is for the reader of a failure."""

    says: str
    holds: Callable[[Exchange, Facts], bool]

    def __or__(self, other: "Expectation") -> "Expectation":
        return Expectation(
            f"{self.says} or {other.says}", lambda *seen: self.holds(*seen) or other.holds(*seen)
        )

    def __and__(self, other: "Expectation") -> "Expectation":
        return Expectation(
            f"{self.says}, {other.says}", lambda *seen: self.holds(*seen) and other.holds(*seen)
        )


@dataclass(frozen=True)
class Claim:
    """An expectation, and the RFC's words that it rests on."""

    level: Level
    section: str
    words: str
    expected: Expectation


@dataclass(frozen=True)
class Case:
    """What is sent, and what is claimed of the answer: the first claim that does not hold is the failure."""

    id: str
    script: Script
    claims: tuple[Claim, ...]


Topic: TypeAlias = Callable[[Facts], Iterator[Case]]


def request(  # noqa: PLR0913 - a request has this many parts
    facts: Facts,
    *fields: str,
    method: str = "GET",
    target: str | None = None,
    version: str = "HTTP/1.1",
    host: str | None = None,
    close: bool = True,
    body: bytes = b"",
) -> bytes:
    """Write a request, by default for the file and the last on its connection; `host` "" leaves Host out."""
    lines = [f"{method} {facts.path if target is None else target} {version}"]
    lines += [f"Host: {facts.host if host is None else host}"] if host != "" else []
    lines += [*fields, *(["Connection: close"] if close else [])]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def case(name: str, sent: bytes | Script, *claims: Claim) -> Case:
    """Make a case; a request alone is a script of its own."""
    if isinstance(sent, Script):
        return Case(name, sent, claims)
    return Case(name, Script((sent,), (method_of(sent),)), claims)


def method_of(sent: bytes) -> str:
    match = re.match(rb"(?:\r?\n)*([^ \r\n]*)", sent)
    return match[1].decode("latin-1") if match else ""


def slug(text: str) -> str:
    """A name made of what is sent."""
    short = text if len(text) <= 40 else f"{text[:30]}...{len(text)}"
    return quote(short.encode("latin-1"), safe=string.punctuation) or "empty"


def learn(url: str, path: str, content: bytes, cap: int | None = None) -> Facts:
    """Ask for the file as plainly as can be; NotServedError if that is not answered with the file."""
    unknown = Facts(url, path, content, Answer("1.1", 0, ()), cap)
    deadline = time.monotonic() + 10
    while True:
        seen = converse(unknown.address, Script((request(unknown),)))
        if seen.answers and seen.answers[0].status == 200 and seen.answers[0].body == content:
            return Facts(url, path, content, seen.answers[0], cap)
        if time.monotonic() > deadline:
            raise NotServedError(f"{url}{path} does not answer with the file: {seen}")
        time.sleep(0.5)
