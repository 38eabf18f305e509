"""The metrics behind nginx: counted from its delivery log, each line once."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from service.app import create_app
from service.delivery import log_reader
from service.delivery.log_reader import LogReader
from service.drain import Drain
from service.metrics import Metrics
from service.settings import Settings

LINE = (
    b"1795533841.500\t1795533841.010\t3\tbytes 200-1000/255849\t801\t255849\t%d\t0.5\t"
    b"GET\t206\t/video.mp4\tbounded\tfast\tOK\n"
)
REFUSED = "video_refused_total{"


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / "deliveries.log"


@pytest.fixture(name="write")
def _write(path: Path) -> Callable[[bytes], None]:
    def write(data: bytes) -> None:
        with path.open("ab") as file:
            file.write(data)

    return write


def exposed(metrics: Metrics) -> str:
    metrics.settle()
    return metrics.exposition("")[0].decode()


def value(metrics: Metrics, start: str) -> float:
    lines = exposed(metrics).splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(start))


async def test_what_nginx_sent_is_in_the_metrics(path: Path, write: Callable[[bytes], None]) -> None:
    metrics = Metrics(behind_nginx=True)
    reader = LogReader(path, metrics)
    await reader.start()
    write(LINE % 801 + LINE % 300)
    await reader.catch_up()
    assert value(metrics, "video_delivered_bytes_total") == 1101
    assert value(metrics, "video_planned_bytes_total") == 1602
    assert value(metrics, "video_file_bytes_total") == 2 * 255849
    assert value(metrics, 'video_lane_total{lane="fast"}') == 2
    assert value(metrics, "video_deliveries_in_progress") == 3
    assert value(metrics, "video_delivery_log_reader") == 1
    assert value(metrics, "video_delivery_log_unread_bytes") == 0
    assert value(metrics, "video_delivery_log_delay_seconds") > -1
    await reader.stop()


async def test_a_restart_counts_no_line_twice_and_none_not_at_all(
    path: Path, write: Callable[[bytes], None]
) -> None:
    for number in range(1, 4):
        metrics = Metrics(behind_nginx=True)
        reader = LogReader(path, metrics)
        await reader.start()
        write(LINE % 801)
        await reader.stop()
        assert value(metrics, "video_delivered_bytes_total") == number * 801
        assert value(metrics, "video_file_bytes_total") == number * 255849


async def test_who_asks_and_leaves_takes_no_line_along(path: Path, write: Callable[[bytes], None]) -> None:
    metrics = Metrics(behind_nginx=True)
    reader = LogReader(path, metrics)
    write(LINE % 801)
    asking = asyncio.create_task(reader.catch_up())
    await asyncio.sleep(0)
    asking.cancel()
    await reader.start()
    await reader.stop()
    assert value(metrics, "video_delivered_bytes_total") == 801


async def test_a_second_reader_waits_for_its_turn(path: Path, write: Callable[[bytes], None]) -> None:
    write(LINE % 801)
    first, second = (LogReader(path, Metrics(behind_nginx=True)) for _ in range(2))
    await first.catch_up()
    await second.catch_up()
    assert value(second._metrics, "video_delivered_bytes_total") == 0
    assert value(second._metrics, "video_delivery_log_reader") == 0
    await first.stop()
    await second.catch_up()
    assert value(second._metrics, "video_delivered_bytes_total") == 801
    await second.stop()


async def test_one_that_waits_has_no_refusals_and_the_reader_says_which_there_are_none_of(path: Path) -> None:
    """Zeros of one that waits would make all refusals of the past look new once it is the reader."""
    metrics = Metrics(behind_nginx=True)
    reader = LogReader(path, metrics)
    assert REFUSED not in exposed(metrics)
    await reader.catch_up()
    assert f'{REFUSED}reason="deliveries"}} 0.0' in exposed(metrics)
    metrics.hand_over()
    assert REFUSED not in exposed(metrics)
    await reader.stop()


async def test_one_that_is_about_to_end_hands_the_counters_over(
    path: Path, write: Callable[[bytes], None]
) -> None:
    drain = Drain()
    first = LogReader(path, Metrics(behind_nginx=True), drain)
    second = LogReader(path, Metrics(behind_nginx=True))
    write(LINE % 801)
    await first.catch_up()
    await first.start()
    await second.start()
    drain.begin()
    async with asyncio.timeout(3):
        while value(second._metrics, "video_delivered_bytes_total") == 0:
            await asyncio.sleep(0.05)
    assert value(second._metrics, "video_delivered_bytes_total") == 801
    assert value(first._metrics, "video_delivered_bytes_total") == 0
    assert value(first._metrics, "video_delivery_log_reader") == 0
    await first.stop()
    await second.stop()


async def test_one_that_is_about_to_end_goes_on_when_nobody_follows(
    path: Path, write: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_reader, "_OFFER", 0.05)
    drain = Drain()
    reader = LogReader(path, Metrics(behind_nginx=True), drain)
    write(LINE % 801)
    await reader.start()
    drain.begin()
    await asyncio.sleep(log_reader._INTERVAL + 0.1)  # it has offered
    write(LINE % 801)
    await reader.stop()
    assert value(reader._metrics, "video_delivered_bytes_total") == 1602


async def test_a_log_that_cannot_be_read_is_said_once_and_tried_again(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.mkdir()
    reader = LogReader(path, Metrics(behind_nginx=True))
    await reader.catch_up()
    await reader.start()
    await reader.stop()
    assert capsys.readouterr().out.count("cannot be read") == 1


async def test_behind_nginx_the_log_is_the_only_source(tmp_path: Path) -> None:
    """What this process sends itself is in nginx's log too; it only says what its answers are about."""
    (tmp_path / "film.mp4").write_bytes(b"x" * 100)
    settings = Settings(media_root=tmp_path, delivery_log=tmp_path / "log", access_log=False)
    app, observers = create_app(settings)
    assert observers == []
    async with app.test_app():
        client = app.test_client()
        response = await client.get("/video.mp4", headers={"Range": "bytes=0-9"})
        assert response.headers["X-Delivery"] == "/video.mp4 bounded"
        assert response.headers["X-File-Size"] == "100"
        assert (await client.get("/nothing")).headers["X-Delivery"] == "unmatched -"
        text = await (await client.get("/metrics")).get_data(as_text=True)
    assert "video_delivered_bytes_total{" not in text
