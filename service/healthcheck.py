"""Ask a running service whether it is alive, as the container's health check does."""

from http.client import HTTPConnection, HTTPException

from service.settings import Settings

_TIMEOUT = 2.0  # seconds
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "[::]": "::1"}  # noqa: S104  # nosec B104 - not bound here but asked


def is_healthy(settings: Settings) -> bool:
    """Say whether `/healthz` answers 200 on the address that the service is bound to."""
    host, _, port = settings.bind.rpartition(":")
    connection = HTTPConnection(_ANY_ADDRESS.get(host, host.strip("[]")), int(port), timeout=_TIMEOUT)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
