"""The suite's own client: requests for what it can say, a bare socket for what it cannot."""

import http.client
import socket
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import requests

MEDIA = ("/video.mp4", "/chunked_video.mp4")
ERROR_LIMIT = 1000
"""No error needs more bytes than this to say what is wrong; a page with a frame around it, twice as many."""


class Client:
    """Asks one server, on connections kept alive, and holds every answer to the rules of the house."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        address = urlsplit(base_url)
        self.host = address.netloc
        self.address = (address.hostname or "", address.port or 80)
        self._session = requests.Session()
        self._session.trust_env = False

    def ask(
        self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET"
    ) -> requests.Response:
        response = self._session.request(
            method, self.base_url + path, headers=headers, timeout=30, allow_redirects=False
        )
        rules_of_the_house(response)
        return response

    def raw(self, request: bytes, method: str = "GET") -> "Answer | None":
        """Send these very bytes; None if the server hangs up without an answer."""
        with socket.create_connection(self.address, timeout=10) as connection:
            connection.sendall(request)
            response = http.client.HTTPResponse(connection, method=method)
            try:
                response.begin()
                return Answer(response.status, response.getheaders(), response.read())
            except (http.client.RemoteDisconnected, ConnectionResetError):
                return None
            finally:
                response.close()

    def raw_get(self, target: bytes) -> "Answer | None":
        """GET a request target that requests would tidy up first."""
        request = b"GET %b HTTP/1.1\r\nHost: %b\r\nConnection: close\r\n\r\n"
        return self.raw(request % (target, self.host.encode()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def values(self, name: str) -> list[str]:
        return [value for header, value in self.headers if header.lower() == name.lower()]


def rules_of_the_house(response: requests.Response) -> None:
    """Check what holds for every answer, whatever was asked."""
    names = Counter(name.lower() for name, _ in response.raw.headers.items())
    assert not [name for name, count in names.items() if count > 1], "a header stands there twice"
    assert response.headers.get("X-Content-Type-Options") == "nosniff"
    assert not any(c.isdigit() for c in response.headers.get("Server", "")), "Server tells a version"
    if response.status_code >= 400:
        is_page = "html" in response.headers.get("Content-Type", "")
        assert len(response.content) < (2 if is_page else 1) * ERROR_LIMIT
        assert "video" not in response.headers.get("Content-Type", "")
    elif response.request.path_url in MEDIA and response.status_code in {200, 206}:
        assert response.headers["Accept-Ranges"] == "bytes"
        assert response.headers["ETag"].startswith('"'), "a strong ETag"
        # who sent If-Range has it already (RFC 9110, section 15.3.7)
        known = response.status_code == 206 and "If-Range" in response.request.headers
        assert ("Last-Modified" in response.headers) is not known
        assert "Cache-Control" in response.headers
    if response.status_code == 206:
        assert response.request.method == "GET"
        assert "Range" in response.request.headers
