"""Ask a running service whether it is alive or ready, as the containers' health checks do."""

from http.client import HTTPConnection, HTTPException

from service.settings import Settings

PROBES = {"healthcheck": "/healthz", "readycheck": "/readyz"}
"""Commands, and what each of them asks for."""

_TIMEOUT = 3.0  # seconds: /readyz gives the media two
# (not bound here but asked)
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "[::]": "::1"}  # noqa: S104  # nosec B104


def answers(settings: Settings, path: str) -> bool:
    """Say whether `path` answers 200 on the address that the service is bound to."""
    host, _, port = settings.bind.rpartition(":")
    connection = HTTPConnection(_ANY_ADDRESS.get(host, host.strip("[]")), int(port), timeout=_TIMEOUT)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
