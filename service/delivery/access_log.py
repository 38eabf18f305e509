"""The access log: one event a response, with OpenTelemetry's attribute names."""

import structlog

from service.delivery.record import Delivery

_PROBES = {"/healthz", "/readyz", "/metrics"}

_log = structlog.get_logger("service.access")


def log_response(delivery: Delivery) -> None:
    """Write one line about a finished delivery; probes are left out."""
    if delivery.route in _PROBES:
        return
    attributes = {
        "client.address": delivery.client,
        "http.request.method": delivery.method,
        "url.path": delivery.path,
        "http.route": delivery.route,
        "http.request.header.range": delivery.range_field,
        "http.response.status_code": delivery.status,
        "http.response.body.size": delivery.sent,
        "http.server.request.duration": round(delivery.seconds, 6),
        "user_agent.original": delivery.user_agent,
        "request.id": delivery.request_id,
    }
    _log.info(delivery.outcome, **{name: value for name, value in attributes.items() if value != ""})
