"""The metrics, all of them: an attribute or a row each, in a registry of the service's own."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Info,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from service import __version__
from service.delivery.record import Delivery
from service.delivery.totals import (
    DELIVERY_BUCKETS,
    FIRST_BYTE_BUCKETS,
    Distribution,
    Labels,
    Totals,
)

disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each, which nobody queries


class LogMetrics:
    """How the reading of nginx's delivery log goes."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.unread = Gauge(
            "video_delivery_log_unread_bytes",
            "Bytes of the delivery log that nginx has written and nobody has counted yet.",
            registry=registry,
        )
        self.disk = Gauge(
            "video_delivery_log_disk_bytes",
            "Bytes that the delivery log takes up on its disk.",
            registry=registry,
        )
        self.delay = Gauge(
            "video_delivery_log_delay_seconds",
            "How old the newest line was when it was counted.",
            registry=registry,
        )
        self.reader = Gauge(
            "video_delivery_log_reader",
            "1 for the replica that reads the delivery log, 0 for one that waits to do so.",
            registry=registry,
        )
        self.invalid = Counter(
            "video_delivery_log_invalid_lines",
            "Lines of the delivery log that could not be read, and were not counted.",
            registry=registry,
        )


class Metrics(Collector):
    """What the service reports; labels are bounded: route templates, known methods, statuses, fixed words.

    Deliveries are counted as they end in this process, or, `behind_nginx`, from nginx's delivery log.
    Everything here belongs to the event loop's thread, except for `exposition`.
    """

    def __init__(self, *, behind_nginx: bool = False) -> None:
        self._behind_nginx = behind_nginx
        self.totals = Totals()
        self._shown = Totals()
        self.registry = CollectorRegistry()
        self.registry.register(self)
        self.in_progress = Gauge(
            "video_deliveries_in_progress",
            "Responses that are being sent now; behind nginx as of the last response that ended.",
            registry=self.registry,
        )
        if behind_nginx:
            self.log = LogMetrics(self.registry)
        self.build = Info("video_build", "The running version.", registry=self.registry)
        self.build.info({"version": __version__, "python": sys.version.split()[0]})
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)

    def track(self, delivery: Delivery) -> None:
        """Count `delivery` as in progress until it ends."""
        if not self._behind_nginx:
            self.in_progress.inc()
            delivery.at_end(self.in_progress.dec)

    def observe(self, delivery: Delivery) -> None:
        """Count a finished delivery."""
        self.totals.add(delivery)

    def collect(self) -> Iterator[Metric]:
        """Yield what deliveries add up to, as it was when `settle` was called last."""
        shown = self._shown
        yield _counter(
            "video_http_requests",
            "Requests answered, or given up by the client before an answer (status 499).",
            ("route", "method", "status"),
            shown.requests,
        )
        yield _counter(
            "video_deliveries",
            "Responses about a media file, by what was asked for and whether all of it was sent.",
            ("route", "status", "range", "outcome"),
            shown.deliveries,
        )
        yield _counter(
            "video_planned_bytes", "Body bytes that responses promised.", ("route",), shown.planned_bytes
        )
        yield _counter("video_delivered_bytes", "Body bytes really sent.", ("route",), shown.delivered_bytes)
        yield _counter(
            "video_lane", "Responses about a media file, by the lane that they took.", ("lane",), shown.lanes
        )
        yield _histogram(
            "video_delivery_seconds",
            "Time from the request to the last byte of a response about a media file.",
            shown.delivery_seconds,
            DELIVERY_BUCKETS,
        )
        yield _histogram(
            "video_first_byte_seconds",
            "Time from the request to the first body byte of a response about a media file.",
            shown.first_byte_seconds,
            FIRST_BYTE_BUCKETS,
        )

    def settle(self) -> None:
        """Have the next `exposition` tell what has been counted up to now."""
        self._shown = self.totals.copy()

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """Return all metrics in the format that the Accept field value prefers, and its media type.

        May run in a thread.
        """
        try:
            encode, content_type = choose_encoder(accept)
        except (TypeError, ValueError):  # prometheus-client stumbles over a version that is no number
            encode, content_type = choose_encoder("")
        return encode(self.registry), content_type


def _counter(
    name: str, documentation: str, labels: Iterable[str], counts: Mapping[Labels, int]
) -> CounterMetricFamily:
    family = CounterMetricFamily(name, documentation, labels=labels)  # type: ignore[arg-type]
    for values, count in sorted(counts.items()):
        family.add_metric(values, count)
    return family


def _histogram(
    name: str, documentation: str, found: Mapping[Labels, Distribution], bounds: tuple[float, ...]
) -> HistogramMetricFamily:
    family = HistogramMetricFamily(name, documentation, labels=("route",))
    names = [str(float(bound)) for bound in bounds] + ["+Inf"]
    for values, distribution in sorted(found.items()):
        buckets = list(zip(names, accumulate(distribution.counts), strict=True))
        family.add_metric(values, buckets, distribution.sum)
    return family
