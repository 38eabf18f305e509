"""What SECURITY.md rests on is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.findall(
    r"`((?:service|nginx|tests|docker-compose|requirements)[\w./-]*[./][\w./-]*)`",
    (ROOT / "SECURITY.md").read_text(),
)


@pytest.mark.parametrize("path", sorted(set(NAMED)))
def test_what_the_threat_model_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()
