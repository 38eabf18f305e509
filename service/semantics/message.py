"""What makes a request one that no server should answer as it stands (RFC 9112, RFC 9110 section 7)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address

MAX_TARGET = 8_000
"""Octets of a request target; RFC 9110, section 4.1 recommends to support at least this many."""

_VERSION = re.compile(rb"1\.[0-9]")
_METHOD = re.compile(rb"[A-Z]+")
# what no path holds unencoded (RFC 3986, section 3.3); square brackets do no harm and are often typed
_NO_PATH = re.compile(rb'["<>\\^`{|}]')
_ENCODED = re.compile(rb"%(?!00)[0-9A-Fa-f]{2}")
# uri-host [ ":" port ], where a name is labels of at most 63 octets as in the DNS; never empty, since the
# authority of an http URI never is (RFC 9110, section 4.2.1)
_LABEL = rb"(?:[A-Za-z0-9_~!$&'()*+,;=-]|%[0-9A-Fa-f]{2}){1,63}"
_HOST = re.compile(
    rb"(?:\[(?P<address>[0-9A-Fa-f:.]+)\]|" + _LABEL + rb"(?:\." + _LABEL + rb")*+\.?)(?::[0-9]{0,5})?"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a request is refused, and the status that says so."""

    status: int
    reason: str


def fault(
    method: bytes,
    target: bytes,
    version: bytes,
    fields: Iterable[tuple[bytes, bytes]],
    max_target: int = MAX_TARGET,
) -> Fault | None:
    """Return what is wrong with a request head, None for one that can be answered.

    `fields` are (name in lower case, value), `max_target` is in octets. What a parser
    checks by itself (characters, exactly one Host in HTTP/1.1, lengths that contradict each other) is not
    checked again.
    """
    return (
        _version_fault(version)
        or _method_fault(method)
        or _target_fault(method, target, max_target)
        or _field_fault(version, fields)
    )


def origin_form(target: bytes) -> bytes:
    """Return a target that `fault` let pass without scheme and authority (RFC 9112, section 3.2.1)."""
    if target.startswith(b"/") or target == b"*":
        return target
    rest = target.partition(b"://")[2]
    path = rest[len(_authority(rest)) :]
    return path if path.startswith(b"/") else b"/" + path


def _authority(rest: bytes) -> bytes:
    return re.split(rb"[/?#]", rest, maxsplit=1)[0]


def _is_host(text: bytes) -> bool:
    match = _HOST.fullmatch(text)
    if not match or match["address"] is None:
        return bool(match)
    try:
        IPv6Address(match["address"].decode("ascii"))
    except ValueError:
        return False
    return True


def _version_fault(version: bytes) -> Fault | None:
    if _VERSION.fullmatch(version):
        return None
    return Fault(505, "only HTTP/1.1 and HTTP/1.0 are spoken here")


def _method_fault(method: bytes) -> Fault | None:
    # methods are case-sensitive (RFC 9110, 9.1): `get` is not GET, and frameworks fold the case
    if not _METHOD.fullmatch(method):
        return Fault(501, "this method is not known; methods are case-sensitive")
    return Fault(501, "this is not a proxy") if method == b"CONNECT" else None


def _target_fault(method: bytes, target: bytes, max_target: int) -> Fault | None:
    if len(target) > max_target:
        return Fault(414, f"the target is longer than {max_target} octets")
    if target == b"*":
        return None if method == b"OPTIONS" else Fault(400, "the target * is for OPTIONS only")
    if not target.startswith(b"/"):
        return _authority_fault(target)
    return _path_fault(target)


def _authority_fault(target: bytes) -> Fault | None:
    scheme, separator, rest = target.partition(b"://")
    authority = _authority(rest)
    if not separator or scheme.lower() not in {b"http", b"https"}:
        return Fault(400, "the target is neither a path nor an absolute http URI")
    if scheme.lower() == b"https":
        return Fault(421, "a secured resource is not served over an unsecured connection")
    if not _is_host(authority):
        return Fault(400, "the authority of the target is not a host and optional port")
    return _path_fault(rest[len(authority) :])


def _path_fault(target: bytes) -> Fault | None:
    if b"#" in target:
        return Fault(400, "a fragment (#) is never sent")
    path = target.partition(b"?")[0]
    if _NO_PATH.search(path):
        return Fault(400, "the path holds a character that has to be percent-encoded")
    if path.count(b"%") != len(_ENCODED.findall(path)):
        return Fault(400, "a % in the path is not followed by two hexadecimal digits, or encodes NUL")
    return None


def _field_fault(version: bytes, fields: Iterable[tuple[bytes, bytes]]) -> Fault | None:
    values = dict(fields)
    if b"host" in values and not _is_host(values[b"host"]):
        return Fault(400, "the Host field is not a host and optional port")
    if b"transfer-encoding" in values:
        # both are how requests are smuggled past a proxy (RFC 9112, 6.1)
        if b"content-length" in values:
            return Fault(400, "Content-Length and Transfer-Encoding exclude each other")
        if version == b"1.0":
            return Fault(400, "HTTP/1.0 has no Transfer-Encoding")
    return None
