"""A mapping in layers is the mapping that it stands for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.library import layers as layers_module
from service.library.layers import Layers

KEYS = st.sampled_from("abcdef")
STEPS = st.lists(st.tuples(st.dictionaries(KEYS, st.none() | st.integers()), st.sets(KEYS)), max_size=8)


@pytest.mark.parametrize("latest", [0, 2, 1000])
@given(steps=STEPS)
def test_lookups_find_what_a_dictionary_would(
    latest: int, steps: list[tuple[dict[str, int | None], set[str]]]
) -> None:
    found, expected = Layers[int | None](), dict[str, int | None]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layers_module, "_LATEST", latest)
        for come, gone in steps:
            found = found.updated(come, gone)
            expected = {key: value for key, value in expected.items() if key not in gone} | come
    for key in "abcdef":
        assert (found.get(key), key in found) == (expected.get(key), key in expected)
