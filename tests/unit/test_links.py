"""The addresses of a video, and the commands about it."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.catalogue.links import links, mend, part, replace
from service.library import Entry, Track


def entry(file: str, identity: str = "film.mp4", **more: object) -> Entry:
    return Entry(identity, file, "Film", 5, 1, "video/mp4", **more)  # type: ignore[arg-type]


def test_everything_has_its_address() -> None:
    at = links(entry("a/b.mp4", "a--b.mp4", poster="a/b.jpg", tracks=(Track("a/b.en.vtt", "en", "English"),)))
    assert (at.direct, at.chunked) == ("/videos/a--b.mp4", "/chunked/a--b.mp4")
    assert (at.watch, at.embed, at.api) == ("/watch/a--b.mp4", "/embed/a--b.mp4", "/api/videos/a--b.mp4")
    assert (at.poster, at.tracks) == ("/files/a/b.jpg", ("/files/a/b.en.vtt",))


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("a b", "a%20b"),
        ("100%", "100%25"),
        ("a?b#c", "a%3Fb%23c"),
        ("é", "%C3%A9"),
        ("a&\"'<", "a%26%22%27%3C"),
        ("a;b=c+d", "a%3Bb%3Dc%2Bd"),
    ],
)
def test_addresses_are_percent_encoded(name: str, encoded: str) -> None:
    at = links(entry("x.mp4", name, poster=f"{name}/{name}.jpg"))
    assert (at.watch, at.poster) == (f"/watch/{encoded}", f"/files/{encoded}/{encoded}.jpg")


@pytest.mark.parametrize(
    ("file", "command"),
    [
        ("film.mp4", "ffmpeg -i film.mp4 -c copy -movflags +faststart film.faststart.mp4"),
        ("a $b.mov", "ffmpeg -i 'a $b.mov' -c copy -movflags +faststart 'a $b.faststart.mov'"),
        ("-y.mp4", "ffmpeg -i ./-y.mp4 -c copy -movflags +faststart ./-y.faststart.mp4"),
        ("a:b.mp4", "ffmpeg -i ./a:b.mp4 -c copy -movflags +faststart ./a:b.faststart.mp4"),
    ],
)
def test_the_mending_command(file: str, command: str) -> None:
    assert mend(entry(file)) == command


@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1))
def test_whatever_the_name_the_shell_reads_one_operand(name: str) -> None:
    video = entry(f"a/{name}.mp4")
    made = shlex.split(mend(video))
    assert (made[2], len(made)) == (shlex.split(replace(video))[2], 8)
    assert made[2].removeprefix("./") == f"a/{name}.mp4"


@pytest.mark.parametrize(("size", "last"), [(0, 0), (1, 0), (99_999, 99_998), (10**9, 99_999)])
def test_the_range_to_try_is_in_the_file(size: int, last: int) -> None:
    assert part("http://a/b", size) == f"curl -r 0-{last} -o part http://a/b"
