"""Reading metrics as Prometheus does."""

from collections.abc import Iterable

from prometheus_client import Metric
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families


def families(text: str) -> Iterable[Metric]:
    return text_string_to_metric_families(text)


def open_families(text: str) -> Iterable[Metric]:
    """Read OpenMetrics, whose parser is the stricter one."""
    found: Iterable[Metric] = openmetrics.text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
    return found


def value(text: str, sample: str, **labels: str) -> float:
    """Add up the samples of that name which carry these labels."""
    return sum(
        found.value
        for family in families(text)
        for found in family.samples
        if found.name == sample and labels.items() <= found.labels.items()
    )


def count(text: str) -> int:
    """Count the series."""
    return sum(len(family.samples) for family in families(text))
