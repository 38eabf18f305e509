"""The table of metrics in the README, held against what the service exposes."""

import re
from collections import defaultdict
from pathlib import Path

from service.delivery.record import Delivery
from service.library import Library
from service.metrics import LibraryMetrics, Metrics
from service.settings import Settings

README = Path(__file__).parents[2] / "README.md"
Labels = dict[str, set[str]]


def in_the_readme() -> Labels:
    rows = re.findall(r"^\| `(video_\w+)` \| \w+ \| (.*?) ?\| ", README.read_text(), re.MULTILINE)
    return {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows}


def exposed(root: Path) -> Labels:
    metrics = Metrics(behind_nginx=True)
    metrics.registry.register(LibraryMetrics(Library(root)))
    metrics.show_limits(Settings(media_root=root))
    metrics.observe(Delivery("GET", "/", range_kind="none", first_byte=0.0, ended=1.0))
    metrics.take_over()
    metrics.settle()
    found: Labels = defaultdict(set)
    for family in metrics.registry.collect():  # ("le" is every histogram's)
        for sample in family.samples:
            found[_row(family.name, family.type, sample.name)] |= sample.labels.keys() - {
                "le"
            }  # (a bucket's own)
    return {name: labels for name, labels in found.items() if name.startswith("video_")}


def _row(family: str, kind: str, sample: str) -> str:
    return family if kind == "histogram" else sample


def test_the_readme_lists_every_metric_with_its_labels(tmp_path: Path) -> None:
    assert in_the_readme() == exposed(tmp_path)
