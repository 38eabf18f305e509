"""The metrics, all of them: an attribute each, in a registry of the service's own."""

import sys
from functools import cache

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import choose_encoder

from service import __version__
from service.delivery.record import Delivery

disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each, which nobody queries

_DELIVERY_BUCKETS = (0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 1800, 3600)
_FIRST_BYTE_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"}


class Metrics:
    """What the service reports; labels are bounded: route templates, known methods, statuses, fixed words."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "video_http_requests",
            "Requests answered, or given up by the client before an answer (status 499).",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self.deliveries = Counter(
            "video_deliveries",
            "Responses about a media file, by what was asked for and whether all of it was sent.",
            ("route", "status", "range", "outcome"),
            registry=self.registry,
        )
        self.planned_bytes = Counter(
            "video_planned_bytes", "Body bytes that responses promised.", ("route",), registry=self.registry
        )
        self.delivered_bytes = Counter(
            "video_delivered_bytes", "Body bytes really sent.", ("route",), registry=self.registry
        )
        self.delivery_seconds = Histogram(
            "video_delivery_seconds",
            "Time from the request to the last byte of a response about a media file.",
            ("route",),
            buckets=_DELIVERY_BUCKETS,
            registry=self.registry,
        )
        self.first_byte_seconds = Histogram(
            "video_first_byte_seconds",
            "Time from the request to the first body byte of a response about a media file.",
            ("route",),
            buckets=_FIRST_BYTE_BUCKETS,
            registry=self.registry,
        )
        self.in_progress = Gauge(
            "video_deliveries_in_progress",
            "Responses about a media file that are being sent now.",
            registry=self.registry,
        )
        self.build = Info("video_build", "The running version.", registry=self.registry)
        self.build.info({"version": __version__, "python": sys.version.split()[0]})
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        # binding the labels anew costs five times what counting does
        for metric in ("requests", "deliveries", "planned_bytes", "delivered_bytes"):
            bound = getattr(self, metric)
            bound.labels = cache(bound.labels)

    def observe(self, delivery: Delivery) -> None:
        """Count a finished delivery."""
        route, status = delivery.route, str(delivery.status)
        method = delivery.method if delivery.method in _METHODS else "other"
        self.requests.labels(route, method, status).inc()
        self.planned_bytes.labels(route).inc(delivery.planned)
        self.delivered_bytes.labels(route).inc(delivery.sent)
        if delivery.range_kind is not None:
            self._observe_media(delivery, route, status, delivery.range_kind)

    def _observe_media(self, delivery: Delivery, route: str, status: str, range_kind: str) -> None:
        self.deliveries.labels(route, status, range_kind, delivery.outcome).inc()
        self.delivery_seconds.labels(route).observe(delivery.seconds)
        if delivery.first_byte is not None:
            self.first_byte_seconds.labels(route).observe(delivery.first_byte - delivery.started)

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """Return all metrics in the format that the Accept field value prefers, and its media type."""
        try:
            encode, content_type = choose_encoder(accept)
        except (TypeError, ValueError):  # prometheus-client stumbles over a version that is no number
            encode, content_type = choose_encoder("")
        return encode(self.registry), content_type
