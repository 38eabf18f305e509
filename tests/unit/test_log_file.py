"""The delivery log as a file: each line once, whoever reads it and whatever becomes of it."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from service.delivery import log_file
from service.delivery.log_file import LogFile, punch_hole

LINE = b"x" * 99 + b"\n"


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / "deliveries.log"


@pytest.fixture(name="log")
def _log(path: Path) -> Iterator[LogFile]:
    log = LogFile(path)
    assert log.acquire() == []
    yield log
    log.close()


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def take(log: LogFile, most: int = 1 << 20) -> bytes:
    lines = log.read(most)
    log.advance(len(lines))
    return lines


def test_a_log_that_is_not_there_yet_has_no_lines(log: LogFile, path: Path) -> None:
    assert take(log) == b""
    assert (log.unread(), log.disk_usage()) == (0, 0)
    append(path, LINE)
    assert take(log) == LINE


def test_lines_come_whole_and_once(log: LogFile, path: Path) -> None:
    append(path, LINE * 2 + b"half")
    assert take(log) == LINE * 2
    assert log.unread() == 4
    assert take(log) == b""
    append(path, b" and half\n")
    assert take(log) == b"half and half\n"


def test_lines_come_again_until_they_are_counted(log: LogFile, path: Path) -> None:
    append(path, LINE)
    assert log.read(1000) == log.read(1000) == LINE


def test_many_lines_come_in_parts(log: LogFile, path: Path) -> None:
    append(path, LINE * 5)
    assert [take(log, 250), take(log, 250), take(log, 250)] == [LINE * 2, LINE * 2, LINE]


def test_rubbish_without_an_end_does_not_stop_the_reading(log: LogFile, path: Path) -> None:
    append(path, b"y" * 1000 + b"\n" + LINE)
    taken = [take(log, 300) for _ in range(5)]
    assert b"".join(taken) == b"y" * 1000 + b"\n" + LINE


def test_the_next_reader_goes_on_where_the_last_one_noted_down_its_sums(path: Path) -> None:
    append(path, LINE * 3)
    first = LogFile(path)
    first.acquire()
    take(first, 150)
    first.save({"sum": 1})
    take(first, 150)  # counted, but not noted down: killed
    first.close()
    second = LogFile(path)
    assert second.acquire() == {"sum": 1}
    assert take(second) == LINE * 2
    second.close()


def test_one_reader_at_a_time(log: LogFile, path: Path) -> None:
    waiting = LogFile(path)
    assert waiting.acquire() is None
    log.close()
    assert waiting.acquire() == []
    waiting.close()


@pytest.mark.parametrize("state", ["", "{", "[]", '{"inode": 1}', "null"])
def test_a_state_that_cannot_be_read_is_begun_anew(path: Path, state: str) -> None:
    append(path, LINE)
    path.with_name("deliveries.log.state").write_text(state)
    log = LogFile(path)
    assert log.acquire() == []
    assert take(log) == LINE
    log.close()


def test_a_log_that_somebody_truncated_is_read_from_its_beginning(log: LogFile, path: Path) -> None:
    append(path, LINE * 3)
    take(log)
    path.write_bytes(b"new\n")
    assert take(log) == b"new\n"


def test_a_log_that_somebody_rotated_is_read_to_its_end_first(log: LogFile, path: Path) -> None:
    append(path, LINE)
    take(log)
    old = path.with_name("deliveries.log.1")
    path.rename(old)
    append(old, b"last of the old\n")
    assert take(log) == b"last of the old\n"
    assert take(log) == b""
    append(path, b"first of the new\n")
    assert take(log) == b"first of the new\n"


def test_what_was_read_takes_no_room(log: LogFile, path: Path) -> None:
    append(path, LINE * 50_000)
    while take(log):
        log.save({})
    assert log.disk_usage() < 1 << 20
    assert path.stat().st_size == 5_000_000
    append(path, b"next\n")
    assert take(log) == b"next\n"


def test_a_reader_of_a_trimmed_log_without_a_state_finds_the_end(log: LogFile, path: Path) -> None:
    append(path, LINE * 50_000)
    while take(log):
        log.save({})
    log.close()
    path.with_name("deliveries.log.state").unlink()
    anew = LogFile(path)
    anew.acquire()
    append(path, b"next\n")
    lines = b"".join(iter(lambda: take(anew), b""))
    assert lines.lstrip(b"\0").endswith(b"next\n")
    anew.close()


def test_a_log_that_has_filled_the_disk_makes_room_for_the_state(log: LogFile, path: Path) -> None:
    append(path, LINE * 500)
    taken = take(log)
    full = OSError(errno.ENOSPC, "full")
    with patch.object(Path, "write_text", side_effect=[full, None]) as write:
        path.with_name("deliveries.log.new").touch()
        log.save([1])
    assert write.call_count == 2
    assert log.disk_usage() < len(taken)


def test_an_error_at_the_start_does_not_keep_the_reader_from_trying_again(path: Path) -> None:
    log = LogFile(path)
    with patch.object(Path, "read_text", side_effect=OSError(errno.EMFILE, "too many")):  # noqa: SIM117
        with pytest.raises(OSError, match="too many"):
            log.acquire()
    assert log.acquire() == []
    log.close()


def test_where_no_holes_can_be_made_the_reading_goes_on(log: LogFile, path: Path) -> None:
    append(path, LINE * 50_000)
    refused = OSError(errno.EOPNOTSUPP, "not here")
    with patch.object(log_file, "punch_hole", side_effect=refused):
        while take(log):
            log.save({})
    assert log.unread() == 0


def test_a_hole_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    path = tmp_path / "readonly"
    path.write_bytes(b"x" * 8192)
    fd = os.open(path, os.O_RDONLY)
    with pytest.raises(OSError, match="Bad file descriptor"):
        punch_hole(fd, 0, 4096)
    os.close(fd)
