"""The settings: environment variables with the prefix VIDEO_, read once at start and checked all together.

This is the only place that reads the environment. `.env.example`, the README's table and docker-compose.yml
list the same settings; tests hold them equal to the class.
"""

import contextlib
import difflib
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, ValidationInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from service.errors import ConfigurationError
from service.semantics.addresses import networks

PREFIX = "VIDEO_"
SAMPLE_FOLDER = Path(__file__).parent / "sample"

LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["json", "console"]


# Bytes of a header section besides the URI: the rest of the request line, the host, what browsers always say.
_BESIDE_URI = 1_000

_HOST = re.compile(r"\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+")


def _address(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if not (colon and _HOST.fullmatch(host) and port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError("must be HOST:PORT, for example 127.0.0.1:8000 or [::]:8000")
    return text


def _path_below(text: str) -> str:
    if text and ("\0" in text or not all(part and part[0] != "." for part in text.split("/"))):
        raise ValueError("must be the path of a file below the media folder, without .. and hidden names")
    return text


def _proxies(text: str) -> str:
    if any(network.prefixlen == 0 for network in networks(text)):
        raise ValueError("must not be everybody: who asks would be what anybody says")
    return text


def _whole_octets(bits: int) -> int:
    if bits % 8:
        raise ValueError("must be a multiple of 8")
    return bits


def _beside_the_uri(size: int, others: ValidationInfo) -> int:
    uri: int = others.data.get("max_uri_size", 0)  # not there when it is wrong itself
    if size < uri + _BESIDE_URI:
        raise ValueError(
            f"must be at least {_BESIDE_URI} more than {PREFIX}MAX_URI_SIZE ({uri}), which it holds"
        )
    return size


def _digits(value: object) -> object:
    # stricter than int(): nginx reads some of these values too
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError("must be a whole number, in digits only")
    return value


Whole = Annotated[int, BeforeValidator(_digits)]


class FileSettings(BaseSettings):
    """Which files: the part of the settings that can be checked against the disk whatever the rest says."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    media_root: Path = Field(
        default=SAMPLE_FOLDER, description="Folder with the video files; default: the sample's"
    )
    featured: Annotated[str, AfterValidator(_path_below)] = Field(
        default="",
        description="Path below it of the file that /video.mp4 and /chunked_video.mp4 serve; "
        "default: the first by name",
    )
    delivery_log: Path | None = Field(
        default=None,
        description="Behind nginx: the delivery log that it writes, from which the metrics are then counted",
    )
    decisions: Path | None = Field(
        default=None,
        description="Behind nginx: folder in which it is told what it may send",
    )


class Settings(FileSettings):
    """Every setting, its type, bounds, default and meaning; times are in seconds."""

    rescan_interval: Whole = Field(
        default=60,
        ge=0,
        le=86_400,
        description="How often the media folder is read anew as a whole, for what a mount does not report; "
        "0: never",
    )
    max_partial_size: Whole = Field(
        default=100_000,
        ge=1,
        le=2**63 - 1,
        description="Bytes that one range answer of the chunked route has at the most",
    )
    cache_max_age: Whole = Field(
        default=300,
        ge=0,
        le=31_536_000,
        description="For how long caches may reuse a video without asking again",
    )
    decision_lifetime: Whole = Field(
        default=3,
        ge=0,
        le=3_600,
        description="Behind nginx: for how long at most it acts on a decision about a video; "
        "0: it makes the service answer all",
    )
    decision_grace: Whole = Field(
        default=60,
        ge=0,
        le=3_600,
        description="Behind nginx: for how much longer it does while the service is away",
    )
    bind: Annotated[str, AfterValidator(_address)] = Field(
        default="127.0.0.1:8000", description="Address to listen on, HOST:PORT"
    )
    drain_delay: Whole = Field(
        default=0,
        ge=0,
        le=3_600,
        description="For how long new connections are still taken after SIGTERM; /readyz says 503 at once",
    )
    drain_timeout: Whole = Field(
        default=30, ge=0, le=86_400, description="For how long running downloads may finish after that"
    )
    stall_timeout: Whole = Field(
        default=60,
        ge=1,
        le=86_400,
        description="Without any progress for this long, a client that does not read is cut off",
    )
    header_timeout: Whole = Field(
        default=10,
        ge=1,
        le=3_600,
        description="Within this long the header section of a request has to have arrived, once it has begun",
    )
    keep_alive_timeout: Whole = Field(
        default=75,
        ge=1,
        le=3_600,
        description="For how long an idle connection stays open; longer than the proxy's",
    )
    max_uri_size: Whole = Field(
        default=8_000,
        ge=1_000,
        le=32_000,
        description="Bytes that the URI of a request has at the most",
    )
    max_header_size: Annotated[Whole, AfterValidator(_beside_the_uri)] = Field(
        default=16_384,
        ge=4_096,
        le=262_144,
        description="Bytes that the request line and the header fields have at the most, all together; "
        "at least 1000 more than the URI",
    )
    max_deliveries: Whole = Field(
        default=2_000,
        ge=0,
        le=65_535,
        description="Deliveries at once; further ones are 503 with Retry-After; 0: no limit",
    )
    max_deliveries_per_client: Whole = Field(
        default=1_500,
        ge=0,
        le=65_535,
        description="Deliveries at once to one client address; further ones are 429; 0: no limit",
    )
    max_request_rate: Whole = Field(
        default=0,
        ge=0,
        le=100_000,
        description="Requests a second of one client address, and as many at once; further ones are 429; "
        "0: no limit",
    )
    rate_limit: Whole = Field(
        default=0,
        ge=0,
        le=2**40,
        description="Bytes a second at which one delivery is sent; 0: no limit",
    )
    client_ipv6_prefix: Annotated[Whole, AfterValidator(_whole_octets)] = Field(
        default=64,
        ge=32,
        le=128,
        description="IPv6 addresses that begin with the same so many bits are one client",
    )
    trusted_proxies: Annotated[str, AfterValidator(_proxies)] = Field(
        default="",
        description="Addresses and networks (CIDR) of the proxies in front, whose X-Forwarded-For counts; "
        "default: none, and the field is ignored",
    )
    log_level: LogLevel = Field(default="info", description="debug, info, warning or error")
    log_format: LogFormat = Field(
        default="json", description="json: an object a line; console: for reading in a terminal"
    )
    access_log: bool = Field(
        default=True, description="Write a line to stdout for every response, at level info"
    )

    @property
    def behind_nginx(self) -> bool:
        """Whether nginx stands in front, which then counts deliveries and keeps the limits."""
        return self.delivery_log is not None


def load_settings(check_files: Callable[[FileSettings], Iterable[str]]) -> Settings:
    """Read the settings from the environment; raise ConfigurationError with everything that is wrong.

    `check_files` says what is wrong with the files themselves, so that this too is said in the same go.
    """
    problems = _unknown_names()
    with contextlib.suppress(ValidationError):  # (which is said with the others)
        problems += check_files(FileSettings())
    try:
        settings = Settings()
    except ValidationError as error:
        problems += [_sentence(detail["loc"][0], detail["msg"], detail["input"]) for detail in error.errors()]
    if problems:
        raise ConfigurationError(problems)
    return settings


def variable(field: str) -> str:
    """Return the name of the environment variable that sets `field`."""
    return PREFIX + field.upper()


def _unknown_names() -> list[str]:
    known = [variable(field) for field in Settings.model_fields]
    problems = []
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            close = difflib.get_close_matches(name.upper(), known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(known)}"
            problems.append(f"{name} is not a setting; {hint}")
    return problems


def _sentence(field: object, message: str, value: object) -> str:
    reason = message.removeprefix("Value error, ").removeprefix("Input ")
    return f"{variable(str(field))}={value!r}: {reason}"
