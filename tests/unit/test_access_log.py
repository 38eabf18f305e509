"""What the access log says, and what it never does: the same in the service and in nginx."""

import re
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from service.delivery import access_log
from service.delivery.access_log import log_response, redacted
from service.delivery.record import Delivery
from tests.queries import QUERIES

CONF = Path(__file__).parents[2] / "nginx/http/access_log.conf"


@pytest.mark.parametrize(("query", "written"), QUERIES.items())
def test_a_secret_is_cut_off(query: str, written: str) -> None:
    assert redacted(query) == written


def test_the_fields_are_those_of_nginx() -> None:
    """But for the time and the level, which every line of the service has, and what only a proxy knows."""
    said: dict[str, Any] = {}
    with patch.object(access_log, "_log") as log:
        log_response(Delivery("GET", "/video.mp4", ended=1.0))
        said = log.info.call_args.kwargs
    (written,) = re.findall(r"log_format access escape=json\s+(.*?);", CONF.read_text(), re.DOTALL)
    names = re.findall(r'"([a-z_.]+)":', written)
    assert [name for name in names if name != "timestamp" and not name.startswith("upstream.")] == list(said)


@pytest.mark.parametrize("route", ["/healthz", "/readyz", "/metrics"])
def test_probes_are_left_out(route: str) -> None:
    with patch.object(access_log, "_log") as log:
        log_response(Delivery("GET", route, route=route))
    assert not log.mock_calls
