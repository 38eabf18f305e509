"""The benchmark's own arithmetic: what is read, compared, judged and written."""

import itertools

import pytest

from tests.bench import cost, load, wrk
from tests.bench.bars import Bar, Line, Of
from tests.bench.clients.http11 import Head, get
from tests.bench.contestants import Contestant, in_turn
from tests.bench.numbers import Series, percentile
from tests.bench.report import NOTES, Report, as_json, as_markdown, number, row
from tests.bench.stack import static_configuration

WRK = """Running 4s test
JSON {"requests": 100, "bytes": 5003000, "microseconds": 2000000, "errors": 0, "p50": 7, "p99": 9}
"""
STAT = "12 (a (b) c) S 7 1 1 0 -1 0 0 0 0 0 150 50 0 0 20 0 1 0 1 1 1"


def line(ours: float, other: float, bar: Bar, faults: int = 0) -> Line:
    return Line("work", "MB", "nginx static", Series((ours,)), Series((other,)), bar, faults)


def test_a_burst_is_read_from_the_line_of_our_script() -> None:
    burst = wrk.parse(WRK)
    assert (burst.rate, burst.p99, burst.faults(50_000)) == (50, 9, 0)


def test_answers_that_must_have_been_short_are_faults() -> None:
    assert wrk.parse(WRK).faults(51_000) == 2


def test_wrk_that_did_not_finish_is_an_error() -> None:
    with pytest.raises(ValueError, match="did not finish"):
        wrk.parse("unable to connect")


@pytest.mark.parametrize("rate", [1, 20, 300, 5000, 20_000])
def test_the_pace_asks_at_about_the_rate(rate: float) -> None:
    connections, pause = wrk.pacing(rate)
    assert pause >= wrk.SHORTEST_PAUSE
    assert connections * 1000 / pause == pytest.approx(rate, rel=0.2)


@pytest.mark.parametrize(("share", "value"), [(1, 1), (50, 50), (99, 99), (99.5, 100), (100, 100)])
def test_a_percentile_is_one_of_the_values(share: float, value: int) -> None:
    assert percentile(range(100, 0, -1), share) == value


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="no answer"):
        percentile([], 50)


def test_a_ratio_is_taken_within_each_round() -> None:
    ratio = Series((10, 30, 20)).over(Series((10, 10, 10)))
    assert (ratio.median, ratio.low, ratio.high) == (2, 1, 3)


@pytest.mark.parametrize(
    ("bar", "ours", "verdict"),
    [
        (Bar(0.85, at_least=True), 85, "met"),
        (Bar(0.85, at_least=True), 84, "**missed**"),
        (Bar(1.5), 150, "met"),
        (Bar(1.5), 151, "**missed**"),
        (Bar(1, at_least=True, strictly=True), 100, "**missed**"),
        (Bar(1, strictly=True), 100, "**missed**"),
        (Bar(60, of=Of.DIFFERENCE), 160, "met"),
        (Bar(60, of=Of.DIFFERENCE), 161, "**missed**"),
        (Bar(300, of=Of.VALUE), 301, "**missed**"),
    ],
)
def test_a_bar_is_met_or_missed(bar: Bar, ours: float, verdict: str) -> None:
    assert line(ours, 100, bar).verdict == verdict


def test_a_speed_at_which_answers_fail_is_no_speed() -> None:
    assert (
        line(100, 100, Bar(0.85, at_least=True), faults=3).verdict == "**missed**, 3 answers wrong or missing"
    )


def test_everyone_is_measured_in_turn() -> None:
    clock = itertools.count(1)
    everyone = [Contestant(name, 1, 1, "/", ()) for name in "ab"]
    assert in_turn(everyone, 3, lambda _: next(clock)) == {"a": [1, 4, 5], "b": [2, 3, 6]}


def test_processor_time_is_read_past_any_name() -> None:
    assert cost.parent_and_ticks(STAT) == (7, 200)


def test_a_family_is_all_that_descend() -> None:
    assert cost.family([2], {1: 0, 2: 1, 3: 2, 4: 3, 5: 1}) == {2, 3, 4}


def test_memory_is_the_proportional_one() -> None:
    assert cost.proportional_kib("Rss:  9 kB\nPss:  5 kB\nPss_Dirty: 4 kB\n") == 5


def test_files_in_memory_are_found_among_the_mounts() -> None:
    assert cost.tmpfs_folders("overlay / overlay rw 0 0\ntmpfs /run tmpfs rw,size=1m 0 0\n") == ["/run"]


def test_the_machine_is_busy_where_it_neither_idles_nor_waits() -> None:
    assert cost.busy_share("cpu 0 0 0 0 0 0 0 0", "cpu 10 0 10 70 10 0 0 0 0") == pytest.approx(0.2)


def test_a_range_is_right_when_it_is_exactly_the_one() -> None:
    head = Head.parse(b"HTTP/1.1 206 Partial Content\r\ncontent-range: bytes 2-4/9\r\nContent-Length: 3")
    assert head.is_range(2, 4, 9)
    assert not head.is_range(2, 5, 9)


def test_a_request_may_be_for_the_rest() -> None:
    assert b"Range: bytes=5-\r\n\r\n" in get("/", 5)


def test_nginx_static_has_our_limits() -> None:
    ours = "worker_processes 4;\nworker_rlimit_nofile 99;\nevents {\n    worker_connections 7;\n}"
    assert (
        static_configuration("%(processes)s %(files)s %(connections)s %(log)s", ours, "off") == "4 99 7 off"
    )


@pytest.mark.parametrize(
    ("value", "text"), [(12345.6, "12,346"), (12.34, "12.3"), (0.944, "0.94"), (0, "0.00")]
)
def test_numbers_are_written_as_exactly_as_they_are(value: float, text: str) -> None:
    assert number(value) == text


def test_a_row_has_the_spread_and_the_verdict() -> None:
    series = Series((90, 95, 80))
    cells = row(
        Line("work", "MB/s", "nginx static", series, Series((100, 100, 100)), Bar(0.85, at_least=True))
    )
    assert cells[3:] == ("90.0 (80.0 to 95.0) MB/s", "0.90 (0.80 to 0.95)", ">= 0.85", "met")


def test_the_report_is_whole_without_any_row() -> None:
    assert as_markdown(Report("A machine.", "- a note")).endswith("## How this was measured\n\n- a note")
    assert '"machine": "A machine."' in as_json(Report("A machine.", ""))


def test_the_notes_have_all_their_numbers() -> None:
    assert "{" not in NOTES.read_text().format(rounds=5, positions=200, probes=400, download=3)


def test_docker_says_in_units_what_containers_take() -> None:
    assert cost.working_set("1.5MiB / 384MiB\n512KiB / 1GiB\n") == 2 << 20


def test_delays_are_parted_by_the_moment_of_the_question() -> None:
    delays = load.Delays(microseconds=[1, 2, 3], moments=[99, 100, 5], wrong=0)
    assert delays.parted(100) == ([1, 3], [2])
