"""Request targets (RFC 9112, section 3; RFC 9110, sections 4, 7, 17.3)."""

from collections.abc import Iterator

from tests.conformance.expect import answer, beside, refused, status, whole
from tests.conformance.model import Case, Facts, case, request
from tests.conformance.rules import (
    ABSOLUTE,
    ABSOLUTE_HOST,
    BAD_LINE,
    EMPTY_HOST,
    EQUIVALENT,
    LONG_TARGET,
    ONCE,
    OUTSIDE,
    SECURED,
    TARGET_8000,
    USERINFO,
)

TRAVERSALS = [
    "/../../../../../../etc/passwd",
    "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/..%2f..%2f..%2f..%2f..%2f..%2fetc/passwd",
    "/..%5c..%5c..%5c..%5cetc%5cpasswd",
    "/%252e%252e/%252e%252e/%252e%252e/%252e%252e/etc/passwd",
    "/%c0%ae%c0%ae/%c0%ae%c0%ae/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
    "//etc/passwd",
]
# What no request-target has (RFC 3986, appendix A; RFC 9112, section 3.2).
FOREIGN = {
    "space": " ",
    "NUL": "\0",
    "control": "\x01",
    "high octet": "\xe9",
    "quote": '"',
    "pipe": "|",
    "backslash": "\\",
    "fragment": "#x",
    "percent": "%",
}
found_or_not = status(200, 301, 302, 307, 308, 400, 403, 404)
bad = status(400, 301)
contained = answer("no file from elsewhere", lambda found, _: b"root:" not in found.body)


def absolute(facts: Facts) -> Iterator[Case]:
    """The absolute-form, and authorities that are none."""
    here = f"{facts.host}{facts.path}"
    for scheme in ("http", "HTTP"):
        yield case(f"absolute: {scheme}", request(facts, target=f"{scheme}://{here}"), ABSOLUTE(whole))
    other = request(facts, target=f"http://{here}", host="other.example:81")
    yield case("absolute: another Host", other, ABSOLUTE_HOST(whole))
    head = request(facts, target=f"http://{here}", method="HEAD")
    yield case("absolute: HEAD", head, ABSOLUTE(status(200)))
    yield case("absolute: no path", request(facts, target=f"http://{facts.host}"), ABSOLUTE(found_or_not))
    for name, target in {
        "no host": f"http://{facts.path}",
        "a port alone": f"http://:80{facts.path}",
    }.items():
        yield case(f"absolute: {name}", request(facts, target=target), EMPTY_HOST(refused))
    yield case("absolute: https", request(facts, target=f"https://{here}"), SECURED(beside(200, 206, 304)))
    for user in ("user@", "user:word@"):
        yield case(f"absolute: {user}", request(facts, target=f"http://{user}{here}"), USERINFO(refused))
    for name, target in {"ftp": f"ftp://{here}", "no authority": f"http:{facts.path}"}.items():
        yield case(f"absolute: {name}", request(facts, target=target), BAD_LINE(refused | bad))


def paths(facts: Facts) -> Iterator[Case]:
    """Spellings of the path, and ways out of the folder."""
    name = facts.path.rpartition("/")[2]
    stem = facts.path.removesuffix(name)
    first = f"%{ord(name[0]):x}"
    for text in (first + name[1:], name.replace(".", "%2E"), name.replace(".", "%2e")):
        yield case(
            f"equivalent: {text}", request(facts, target=stem + text), EQUIVALENT(whole | status(301, 308))
        )
    for text in (name.replace(".", "%252E"), f"%25{first[1:]}{name[1:]}"):
        yield case(f"encoded twice: {text}", request(facts, target=stem + text), ONCE(beside(200, 206)))
    for text in (
        "./" + name,
        "x/../" + name,
        name + "/",
        "/" + name,
        name + "%20",
        name + "%00",
        name + "?x=1",
    ):
        yield case(f"odd: {text}", request(facts, target=stem + text), OUTSIDE(found_or_not))
    for target in TRAVERSALS:
        sent = request(facts, target=target)
        yield case(f"outside: {target}", sent, OUTSIDE(found_or_not & contained))
    for target in TRAVERSALS[:3]:
        sent = request(facts, target=stem + target.lstrip("/"))
        yield case(f"outside, from the folder: {target}", sent, OUTSIDE(found_or_not & contained))


def invalid(facts: Facts) -> Iterator[Case]:
    """What is no request-target, or too long a one."""
    for name, octets in FOREIGN.items():
        yield case(f"with a {name}", request(facts, target=facts.path + octets), BAD_LINE(bad))
    wrong = {
        "no slash": facts.path.lstrip("/"),
        "asterisk": "*",
        "authority": facts.host,
        "query": "?x",
        "empty": "",
    }
    for name, target in wrong.items():
        yield case(f"target: {name}", request(facts, target=target), BAD_LINE(bad))
    # a request-line of 8000 octets in all
    padding = 8000 - len(request(facts, target=facts.path + "?").split(b"\r\n")[0])
    sent = request(facts, target=f"{facts.path}?{'a' * padding}")
    yield case("8000 octets", sent, TARGET_8000(beside(400, 414, 431)))
    for length in (20_000, 300_000):
        sent = request(facts, target=f"{facts.path}?{'a' * length}")
        yield case(f"query of {length} octets", sent, LONG_TARGET(long))
    sent = request(facts, target="/" + "a/" * 35_000)
    yield case("path of 70000 octets", sent, LONG_TARGET(long))


long = status(200, 404, 414)
