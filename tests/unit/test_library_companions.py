"""What lies beside a video."""

import pytest

from service.library.companions import Companions, canonical, label
from service.library.entry import Track


def test_tracks_have_the_language_of_their_name() -> None:
    files = ["clip.pt-BR.vtt", "clip.vtt", "clip.en.vtt", "other.en.vtt"]
    assert Companions.among(files).tracks_of("clip") == (
        Track("clip.vtt", "", "Subtitles"),
        Track("clip.en.vtt", "en", "English"),
        Track("clip.pt-BR.vtt", "pt-BR", "Português (BR)"),
    )


def test_a_video_whose_name_looks_like_a_language_has_its_own_tracks() -> None:
    found = Companions.among(["clip.en.vtt"])
    assert found.tracks_of("clip.en") == (Track("clip.en.vtt", "", "Subtitles"),)


@pytest.mark.parametrize("name", ["clip.commentary.vtt", "clip.2.vtt", "clip..vtt", "clips.vtt", "Clip.vtt"])
def test_what_is_no_language_is_no_track(name: str) -> None:
    assert Companions.among([name]).tracks_of("clip") == ()


def test_companions_of_a_folder_stay_in_it() -> None:
    found = Companions.among(["Series/clip.vtt", "Series/clip.jpg"])
    assert found.tracks_of("Series/clip")[0].file == "Series/clip.vtt"
    assert found.posters == {"Series/clip": "Series/clip.jpg"}


@pytest.mark.parametrize(
    ("files", "poster"),
    [
        (["clip.png"], "clip.png"),
        (["clip.png", "clip.webp", "clip.jpg"], "clip.jpg"),
        (["clip.JPEG", "clip.webp"], "clip.JPEG"),
    ],
)
def test_the_poster_is_the_first_of_the_kinds(files: list[str], poster: str) -> None:
    assert Companions.among(files).posters["clip"] == poster


@pytest.mark.parametrize(
    ("tag", "usual"), [("EN", "en"), ("pt_br", "pt-BR"), ("ZH-HANT-tw", "zh-Hant-TW"), ("es-419", "es-419")]
)
def test_tags_are_written_the_usual_way(tag: str, usual: str) -> None:
    assert canonical(tag) == usual


@pytest.mark.parametrize(
    ("tag", "shown"), [("", "Subtitles"), ("de", "Deutsch"), ("es-419", "Español (419)"), ("tlh", "tlh")]
)
def test_a_language_is_called_as_it_calls_itself(tag: str, shown: str) -> None:
    assert label(tag) == shown
