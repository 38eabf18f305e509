"""Finding and opening the featured video."""

import os
from pathlib import Path

import pytest

from service.errors import MediaChangedError, MediaError, MediaNotFoundError
from service.library import Library, MediaFile
from tests.unit.films import film


def library_of(root: Path, featured: str = "") -> Library:
    library = Library(root, featured)
    library.refresh()
    return library


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    film(tmp_path / "b.mp4", b"film")
    (tmp_path / "a.txt").write_bytes(b"text")
    (tmp_path / ".hidden.mp4").write_bytes(b"hidden")
    return tmp_path


def test_a_file_is_a_representation_with_nginx_s_entity_tag(folder: Path) -> None:
    os.utime(folder / "b.mp4", (0x65432100, 0x65432100))
    with MediaFile.open(folder / "b.mp4") as file:
        found = file.representation
    assert (found.size, str(found.etag), found.last_modified) == (4, '"65432100-4"', 0x65432100)
    assert found.content_type == "video/mp4"


def test_without_a_name_the_first_video_is_featured(folder: Path) -> None:
    film(folder / "c.webm", b"other")
    with library_of(folder).open_featured() as file:
        assert os.pread(file.fd, 9, 0) == b"film"


def test_a_named_file_is_featured(folder: Path) -> None:
    (folder / "c.webm").write_bytes(b"other")
    with Library(folder, "c.webm").open_featured() as file:
        assert (os.pread(file.fd, 9, 0), file.representation.content_type) == (b"other", "video/webm")


@pytest.mark.parametrize("name", ["missing.mp4", "a.txt", "folder.mp4", "fifo.mp4", "b.mp4/x.mp4"])
def test_what_is_no_video_file_is_not_found(folder: Path, name: str) -> None:
    (folder / "folder.mp4").mkdir()
    os.mkfifo(folder / "fifo.mp4")
    before = len(os.listdir("/dev/fd"))
    with pytest.raises(MediaNotFoundError):
        Library(folder, name).open_featured()
    assert len(os.listdir("/dev/fd")) == before


def test_an_empty_folder_is_said_to_hold_no_video(tmp_path: Path) -> None:
    with pytest.raises(MediaNotFoundError, match=r"holds no video \(.*\.mp4"):
        library_of(tmp_path).open_featured()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"nowhere cannot be read: No such file"):
        library_of(tmp_path / "nowhere").open_featured()


def test_an_unreadable_file_is_named_with_the_reason(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:  # (root, who runs tests in containers, may read everything)
        raise PermissionError(13, "Permission denied")

    library = library_of(folder)
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(MediaError, match=r"b\.mp4 cannot be opened: Permission denied"):
        library.open_featured()


def test_a_file_written_to_while_open_is_noticed(folder: Path) -> None:
    with MediaFile.open(folder / "b.mp4") as file:
        file.check_unchanged()
        (folder / "b.mp4").write_bytes(b"another film")
        with pytest.raises(MediaChangedError):
            file.check_unchanged()


def test_a_file_replaced_by_another_stays_the_one_that_was_opened(folder: Path) -> None:
    with MediaFile.open(folder / "b.mp4") as file:
        (folder / "new").write_bytes(b"new!")
        (folder / "new").rename(folder / "b.mp4")
        file.check_unchanged()
        assert os.pread(file.fd, 9, 0) == b"film"


def test_closing_twice_closes_nothing_else(folder: Path) -> None:
    file = MediaFile.open(folder / "b.mp4")
    file.close()
    with MediaFile.open(folder / "b.mp4") as other:  # most likely with the same descriptor
        file.close()
        assert os.pread(other.fd, 9, 0) == b"film"


def test_what_was_chosen_stays(folder: Path) -> None:
    library = library_of(folder)
    library.open_featured().close()
    film(folder / "a.mp4", b"later")
    library.refresh()
    with library.open_featured() as file:
        assert os.pread(file.fd, 9, 0) == b"film"


def test_when_the_chosen_file_is_gone_another_is_chosen(folder: Path) -> None:
    library = library_of(folder)
    library.open_featured().close()
    (folder / "b.mp4").rename(folder / "c.mp4")
    library.refresh()
    with library.open_featured() as file:
        assert os.pread(file.fd, 9, 0) == b"film"


def test_what_is_no_file_is_not_chosen(folder: Path) -> None:
    (folder / "a.mp4").mkdir()
    (folder / "aa.mp4").symlink_to("nowhere")
    with library_of(folder).open_featured() as file:
        assert os.pread(file.fd, 9, 0) == b"film"
