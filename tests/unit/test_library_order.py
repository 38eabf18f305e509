"""The natural order."""

import random

from service.library.order import natural_name, natural_path

NAMES = [
    "Episode 1.mp4",
    "episode 2.mp4",
    "Episode 2 again.mp4",
    "Episode 02b.mp4",
    "Episode 10.mp4",
    "Episode 100000000000000000000000000.mp4",
    "film.mp4",
    "film.webm",
    "Film 2.mp4",
]


def test_numbers_count_and_capitals_do_not() -> None:
    shuffled = random.Random(1).sample(NAMES, len(NAMES))
    assert sorted(shuffled, key=natural_name) == NAMES


def test_what_is_in_a_folder_follows_it() -> None:
    folders = ["", "a", "a/z", "a b", "Season 2", "Season 10", "Season 10/extra"]
    shuffled = random.Random(1).sample(folders, len(folders))
    assert sorted(shuffled, key=natural_path) == folders
