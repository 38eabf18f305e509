"""The metrics tell the truth: what clients received is what the counters grew by, to the byte.

Thousands of requests, whole files and ranges, those who leave, on both routes; nginx is reloaded and the
service restarted while they ask.
"""

import threading
import time

import pytest

from tests.e2e import series
from tests.e2e.client import MEDIA
from tests.e2e.crowd import Ledger, visits
from tests.e2e.films import MEGABYTE, film, install_and_wait
from tests.e2e.targets import Stack
from tests.e2e.targets.process import wait_until

pytestmark = pytest.mark.stage(1)  # nobody else's downloads may run
GUESTS = 8
SIZE = 12 * MEGABYTE


Counters = dict[tuple[str, str], float]
COUNTERS = {
    "requests": ("video_http_requests_total", {}),
    "aborted": ("video_deliveries_total", {"outcome": "aborted"}),
    "promised": ("video_planned_bytes_total", {}),
    "sent": ("video_delivered_bytes_total", {}),
    "carried of": ("video_file_bytes_total", {}),
    "timed": ("video_delivery_seconds_count", {}),
}


def counters(lab: Stack) -> Counters:
    text = lab.metrics()
    return {
        (kind, path): series.value(text, name, route=path, **labels)
        for kind, (name, labels) in COUNTERS.items()
        for path in MEDIA
    }


def settled(lab: Stack) -> Counters:
    """The counters once nothing changes any more."""
    last = None
    deadline = time.monotonic() + 30
    while (now := counters(lab)) != last:
        assert time.monotonic() < deadline, "the counters do not come to rest"
        last = now
        time.sleep(max(0.5, lab.metrics_delay))
    return now


def grown(after: Counters, before: Counters) -> Counters:
    return {key: after[key] - before[key] for key in after}


def assert_true(books: Ledger, counted: Counters) -> None:
    for path in MEDIA:
        assert counted["requests", path] == books.requests[path]
        assert counted["aborted", path] == books.aborted[path]
        assert counted["promised", path] == books.promised[path]
        assert counted["carried of", path] == SIZE * books.carried[path]
        # of those who left, at least what they saw, and never all of it
        sent_to_aborted = counted["sent", path] - books.received[path]
        promised_to_aborted = books.promised[path] - books.received[path]
        assert books.received_of_aborted[path] <= sent_to_aborted < promised_to_aborted


def test_metrics_are_what_clients_received(lab: Stack) -> None:
    content = film(seed=11, size=SIZE)
    install_and_wait(lab, content)
    books, before = Ledger(), settled(lab)
    for ledger in visits(lab.direct_url, content, GUESTS, 200):
        books.add(ledger)
    first = grown(settled(lab), before)
    assert_true(books, first)
    assert {200, 206, 304, 416} <= set(books.statuses) <= {200, 206, 304, 416}


@pytest.mark.only("local", "compose")
def test_no_count_is_lost_or_doubled_while_everything_restarts(lab: Stack) -> None:
    """With new workers of nginx twice, and a new service, while all of them go on asking."""
    content = film(seed=12, size=SIZE)
    install_and_wait(lab, content)
    books, before, done = Ledger(), settled(lab), threading.Event()

    def restart() -> None:
        try:
            lab.reload_nginx()
            lab.restart_service()
            lab.reload_nginx()
            time.sleep(1)
        finally:
            done.set()

    restarting = threading.Thread(target=restart)
    restarting.start()
    for ledger in visits(lab.direct_url, content, GUESTS, 100, done):
        books.add(ledger)
    restarting.join()
    assert_true(books, grown(settled(lab), before))
    assert books.statuses[206] > 500


def test_a_restart_of_the_service_alone_begins_anew(lab: Stack) -> None:
    """What Prometheus expects of a counter: it goes on, or it begins at nought; nothing else."""
    before = settled(lab)
    lab.restart_service()
    after = settled(lab)
    assert after == (before if lab.name != "service" else dict.fromkeys(before, 0.0))


@pytest.mark.only("local", "compose")
def test_the_delivery_log_is_read_and_given_back(lab: Stack) -> None:
    text = lab.metrics()
    assert series.value(text, "video_delivery_log_reader") == 1
    assert series.value(text, "video_delivery_log_invalid_lines_total") == 0
    assert series.value(text, "video_delivery_log_disk_bytes") < 2 * MEGABYTE
    wait_until(
        lambda: series.value(lab.metrics(), "video_delivery_log_unread_bytes") == 0,
        5,
        "everything is counted",
    )
