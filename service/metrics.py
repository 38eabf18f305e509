"""The metrics, all of them: an attribute or a row each, in a registry of the service's own."""

import sys
from collections import Counter as Counts
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate
from operator import attrgetter

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
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from service.build import read_build
from service.delivery.record import Delivery
from service.delivery.refusals import REASONS, reason
from service.delivery.totals import (
    DELIVERY_BUCKETS,
    FIRST_BYTE_BUCKETS,
    Kind,
    Row,
    Totals,
    added,
)
from service.library import REASONS as IGNORED
from service.library import STATES, Library
from service.settings import Settings

disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each, which nobody queries


LIMITS = ("max_deliveries", "max_deliveries_per_client", "max_request_rate", "rate_limit")
"""The settings that `video_limit` tells of."""


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


class LibraryMetrics(Collector):
    """What there is of videos, and how current that is; asked of the library with each exposition."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def collect(self) -> Iterator[Metric]:
        """Yield the library's figures; may run in a thread."""
        library, state = self._library, self._library.state
        yield GaugeMetricFamily("video_library_videos", "Videos that are offered.", len(library.entries))
        states = GaugeMetricFamily(
            "video_library_state",
            "1 for the state that the library is in, 0 for the others.",
            labels=["state"],
        )
        for name in STATES:
            states.add_metric([name], name == state)
        yield states
        ignored = GaugeMetricFamily(
            "video_library_ignored_files",
            "Files and folders that are not offered as videos, by reason.",
            labels=["reason"],
        )
        for why in IGNORED:
            ignored.add_metric([why], library.ignored.get(why, 0))
        yield ignored
        yield GaugeMetricFamily(
            "video_library_scan_seconds", "How long the last scan of everything took.", library.scan_seconds
        )
        yield GaugeMetricFamily(
            "video_library_last_scan_timestamp_seconds",
            "When the last scan of everything was over, 0 before the first.",
            library.scanned_at,
        )


class Metrics(Collector):
    """What the service reports; labels are bounded: route templates, known methods, statuses, fixed words.

    Deliveries are counted as they end in this process, or, `behind_nginx`, from nginx's delivery log.
    Everything here belongs to the event loop's thread, except for `exposition`.
    """

    def __init__(self, *, behind_nginx: bool = False) -> None:
        self._behind_nginx = behind_nginx
        self.totals = Totals()
        self._is_counting = not behind_nginx
        self.settle()
        self.registry = CollectorRegistry()
        self.registry.register(self)
        self.in_progress = Gauge(
            "video_deliveries_in_progress",
            "Responses that are being sent now; behind nginx as of the last response that ended.",
            registry=self.registry,
        )
        self.slow_starts = Gauge(
            "video_library_slow_start_videos",
            "Videos of the library whose index comes after their media, as far as they have been read.",
            registry=self.registry,
        )
        self.limit = Gauge(
            "video_limit",
            "The limits in force, by the setting that states them; 0 where there is none.",
            ["setting"],
            registry=self.registry,
        )
        if behind_nginx:
            self.log = LogMetrics(self.registry)
        self.build = Info("video_build", "The running version.", registry=self.registry)
        version, revision, _ = read_build()
        self.build.info({"version": version, "revision": revision, "python": sys.version.split()[0]})
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)

    def show_limits(self, settings: Settings) -> None:
        """Say which limits there are."""
        for name in LIMITS:
            self.limit.labels(name).set(getattr(settings, name))

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
        rows, reasons = self._shown
        media = {kind: row for kind, row in rows.items() if kind.range_kind}
        yield _counter(
            "video_http_requests",
            "Requests answered, or given up by the client before an answer (status 499).",
            ("route", "method", "status"),
            rows,
        )
        yield _counter(
            "video_deliveries",
            "Responses about a media file, by what was asked for and whether all of it was sent.",
            ("route", "status", "range", "outcome"),
            media,
        )
        yield _refused(rows, reasons)
        yield _counter(
            "video_planned_bytes",
            "Body bytes that responses promised.",
            ("route",),
            rows,
            attrgetter("planned"),
        )
        yield _counter(
            "video_delivered_bytes",
            "Body bytes really sent.",
            ("route",),
            rows,
            attrgetter("sent"),
        )
        yield _counter(
            "video_file_bytes",
            "Sizes of the files that responses carried all or a part of, once for each response.",
            ("route",),
            media,
            attrgetter("file_bytes"),
        )
        yield _counter(
            "video_lane", "Responses about a media file, by the lane that they took.", ("lane",), media
        )
        yield _histogram(
            "video_delivery_seconds",
            "Time from the request to the last byte of a response about a media file.",
            media,
            DELIVERY_BUCKETS,
            attrgetter("delivery_counts", "delivery_seconds"),
        )
        yield _histogram(
            "video_first_byte_seconds",
            "Time from the request to the first body byte of a response about a media file.",
            media,
            FIRST_BYTE_BUCKETS,
            attrgetter("first_byte_counts", "first_byte_seconds"),
        )

    def take_over(self) -> None:
        """Have the counters of the delivery log from now on."""
        self._is_counting = True
        self.log.reader.set(1)

    def hand_over(self) -> None:
        """Have no counters any more: another replica goes on with those of the delivery log."""
        self.totals = Totals()
        self._is_counting = False
        for gauge in (self.in_progress, self.log.reader, self.log.unread, self.log.disk, self.log.delay):
            gauge.set(0)

    def settle(self) -> None:
        """Have the next `exposition` tell what has been counted up to now."""
        # (a zero of one that waits would be taken for the count, and all refusals of the past for new ones)
        self._shown = self.totals.copy().rows, REASONS if self._is_counting else ()

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """Return all metrics in the format that the Accept field value prefers, and its media type.

        May run in a thread.
        """
        try:
            encode, content_type = choose_encoder(accept)
        except (TypeError, ValueError):  # prometheus-client stumbles over a version that is no number
            encode, content_type = choose_encoder("")
        return encode(self.registry), content_type


Rows = Mapping[Kind, Row]

_FIELDS = {"range": "range_kind"}  # the labels whose fields of a Kind have another name


def _counter(
    name: str,
    documentation: str,
    labels: tuple[str, ...],
    rows: Rows,
    count: Callable[[Row], int] = attrgetter("number"),
) -> CounterMetricFamily:
    sums = Counts[tuple[str, ...]]()
    for kind, row in rows.items():
        sums[tuple(getattr(kind, _FIELDS.get(label, label)) for label in labels)] += count(row)
    family = CounterMetricFamily(name, documentation, labels=labels)
    for values, number in sorted(sums.items()):
        family.add_metric(values, number)
    return family


def _refused(rows: Rows, reasons: Iterable[str]) -> CounterMetricFamily:
    sums = dict.fromkeys(reasons, 0)
    for kind, row in rows.items():
        if why := reason(kind.lane, kind.status):
            sums[why] += row.number
    family = CounterMetricFamily(
        "video_refused",
        "Requests refused because they would have been too much, by reason.",
        labels=["reason"],
    )
    for why, number in sums.items():
        family.add_metric([why], number)
    return family


def _histogram(
    name: str,
    documentation: str,
    rows: Rows,
    bounds: tuple[float, ...],
    found: Callable[[Row], tuple[list[int], float]],
) -> HistogramMetricFamily:
    counts: dict[str, list[int]] = {}
    seconds = Counts[str]()
    for kind, row in rows.items():
        numbers, total = found(row)
        counts[kind.route] = added(counts.get(kind.route, [0] * len(numbers)), numbers)
        seconds[kind.route] += total  # type: ignore[assignment]
    family = HistogramMetricFamily(name, documentation, labels=("route",))
    names = [str(float(bound)) for bound in bounds] + ["+Inf"]
    for route, numbers in sorted(counts.items()):
        buckets = list(zip(names, accumulate(numbers), strict=True))
        family.add_metric((route,), buckets, seconds[route])
    return family
