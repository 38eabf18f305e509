"""What a browser is told about each kind of answer: who may show it and look into it, and what it may do."""

import pytest

from tests.e2e.client import MEDIA, Client

BROWSER = {"Accept": "text/html"}
PAGES = ("/", "/watch/sample.mp4", "/watch/nothing", "/nothing")
EMBEDDED = "/embed/sample.mp4"
FOR_PROGRAMS = (
    "/api/videos", "/api/videos/sample.mp4", "/api/videos/nothing", "/openapi.json", "/metrics",
    "/healthz", "/readyz", "/version", "/assets/style.css", "/assets/icon.svg",
)  # fmt: skip
OF_A_PAGE = {
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
}
SAME_ORIGIN = {"cross-origin-resource-policy": "same-origin"}
ABOUT_MEDIA = {
    200: {},
    206: {"Range": "bytes=0-9"},
    304: {"If-None-Match": "*"},
    412: {"If-Match": '"other"'},
    416: {"Range": "bytes=999999-"},
}
ABOUT_BROWSERS = {
    "content-security-policy", "referrer-policy", "permissions-policy", "cross-origin-opener-policy",
    "cross-origin-resource-policy", "cross-origin-embedder-policy",
}  # fmt: skip


def told(client: Client, path: str, fields: dict[str, str], method: str = "GET") -> dict[str, str]:
    """Return the fields of the answer (which the client holds to nosniff and to one line for each field)."""
    answer = client.ask(path, fields, method)
    return {name.lower(): value for name, value in answer.headers.items()}


@pytest.mark.parametrize("path", [*PAGES, EMBEDDED])
def test_a_page_runs_what_is_its_own(client: Client, path: str) -> None:
    found = told(client, path, BROWSER)
    assert found["content-security-policy"].startswith("default-src 'none'; media-src 'self'; ")
    assert "unsafe" not in found["content-security-policy"]
    assert "*" not in found["content-security-policy"].replace("frame-ancestors *", "")


@pytest.mark.parametrize("path", PAGES)
def test_no_site_may_show_a_page_or_look_into_it(client: Client, path: str) -> None:
    found = told(client, path, BROWSER)
    assert found.items() >= (OF_A_PAGE | SAME_ORIGIN).items()
    assert found["content-security-policy"].endswith("; frame-ancestors 'none'")


def test_every_site_may_show_the_bare_player(client: Client) -> None:
    found = told(client, EMBEDDED, BROWSER)
    assert found.items() >= (OF_A_PAGE | {"cross-origin-resource-policy": "cross-origin"}).items()
    assert found["content-security-policy"].endswith("; frame-ancestors *")


def test_a_page_that_the_browser_has_already_is_told_again(client: Client) -> None:
    found = told(client, EMBEDDED, BROWSER | {"If-None-Match": "*"})
    assert found.items() >= OF_A_PAGE.items()
    assert found["content-security-policy"].endswith("; frame-ancestors *")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", FOR_PROGRAMS)
def test_what_is_for_programs_is_no_page(client: Client, path: str, method: str) -> None:
    found = told(client, path, BROWSER, method)
    assert found.items() >= SAME_ORIGIN.items()
    assert found["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize("status", ABOUT_MEDIA)
@pytest.mark.parametrize("path", [*MEDIA, "/videos/sample.mp4", "/chunked/sample.mp4"])
def test_a_video_may_be_shown_anywhere_and_spends_no_bytes_on_saying_so(
    client: Client, path: str, status: int
) -> None:
    answer = client.ask(path, ABOUT_MEDIA[status])
    assert answer.status_code == status
    assert not {name.lower() for name in answer.headers} & ABOUT_BROWSERS


@pytest.mark.parametrize("path", ["/videos/nothing.mp4", "/chunked/nothing.mp4", "/files/nothing.vtt"])
def test_a_missing_video_is_a_line_of_text(client: Client, path: str) -> None:
    found = told(client, path, BROWSER)
    assert found["content-type"] == "text/plain; charset=utf-8"
    assert not found.keys() & ABOUT_BROWSERS


@pytest.mark.parametrize("head", [b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"])
def test_an_error_of_the_server_itself_is_a_line_of_text(client: Client, head: bytes) -> None:
    answer = client.raw(head)
    assert answer
    assert answer.status in {400, 505}
    assert answer.values("X-Content-Type-Options") == ["nosniff"]
    assert answer.values("Content-Type") == ["text/plain; charset=utf-8"]
