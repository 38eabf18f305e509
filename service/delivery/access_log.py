"""The access log: one event a response, with OpenTelemetry's attribute names, the same as in nginx's."""

import re

import structlog

from service.delivery.record import Delivery

_PROBES = {"/healthz", "/readyz", "/metrics"}

# names of parameters whose values are nobody's business; nginx/http/access_log.conf has the same
_SECRET = re.compile(
    r"(?:^|(?<=&))(?:[\w.-]*(?:token|secret|password|passwd|signature|credential|key)"
    r"|sig|awsaccesskeyid|auth|authorization|jwt|session|code)=",
    re.IGNORECASE | re.ASCII,
)

_log = structlog.get_logger("service.access")


def log_response(delivery: Delivery) -> None:
    """Write one line about a finished delivery; probes are left out."""
    if delivery.route in _PROBES:
        return
    attributes = {
        "request.id": delivery.request_id,
        "http.request.method": delivery.method,
        "url.path": delivery.path,
        "url.query": redacted(delivery.query),
        "network.protocol.version": delivery.protocol_version,
        "client.address": delivery.client,
        "user_agent.original": delivery.user_agent,
        "http.request.header.range": delivery.range_field,
        "http.route": delivery.route,
        "http.response.status_code": delivery.status,
        "http.response.header.content_range": delivery.content_range,
        "http.response.body.size": delivery.sent,
        "http.server.request.duration": round(delivery.seconds, 6),
        "video.lane": delivery.lane,
    }
    _log.info(delivery.outcome, **attributes)


def redacted(query: str) -> str:
    """Cut `query` at the first parameter whose value must not be written down."""
    found = _SECRET.search(query)
    return query[: found.end()] + "REDACTED" if found else query
