"""The rules of the house: who may import what."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICE = ROOT / "service"

LAYERS = [
    {"", "build", "drain", "errors", "settings", "semantics", "logs", "media_types", "metadata"},
    {"library"},
    {"catalogue", "delivery", "metrics"},
    {"routes"},
    {"app"},
    {"protocol", "server", "healthcheck"},
    {"__main__"},
]
"""From left to right; a module imports from its own layer and from those to its left."""

SEMANTICS_LAYERS = [
    {"__init__", "fields", "dates", "etags", "ranges", "message", "phrases", "addresses"},
    {"preconditions", "multipart"},
    {"plan"},
]
QUART_USERS = {"routes", "app", "delivery"}


def modules() -> list[Path]:
    return sorted(SERVICE.rglob("*.py"))


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def part_of(path: Path) -> str:
    first = path.relative_to(SERVICE).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


def layer(part: str, layers: list[set[str]]) -> int:
    return next(place for place, parts in enumerate(layers) if part in parts)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SERVICE)))
def test_imports_run_one_way(path: Path) -> None:
    for name in imports_of(path):
        if name == "service" or name.startswith("service."):
            imported = name.partition(".")[2].partition(".")[0]
            assert layer(imported, LAYERS) <= layer(part_of(path), LAYERS), name


@pytest.mark.parametrize("path", sorted((SERVICE / "semantics").glob("*.py")), ids=lambda path: path.stem)
def test_the_semantics_know_nothing_but_themselves(path: Path) -> None:
    pure = {
        "calendar",
        "collections",
        "dataclasses",
        "datetime",
        "email",
        "enum",
        "http",
        "ipaddress",
        "re",
        "time",
    }
    for name in imports_of(path):
        top, *rest = name.split(".")
        if top == "service":
            assert rest[0] == "semantics"
            assert layer(rest[1], SEMANTICS_LAYERS) <= layer(path.stem, SEMANTICS_LAYERS), name
        else:
            assert top in pure, name


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SERVICE)))
def test_the_framework_stays_where_it_belongs(path: Path) -> None:
    if part_of(path) not in QUART_USERS:
        assert not {name for name in imports_of(path) if name.split(".")[0] in {"quart", "werkzeug"}}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SERVICE)))
def test_only_the_settings_read_the_environment(path: Path) -> None:
    if path.name != "settings.py":
        assert "environ" not in path.read_text()
        assert "getenv" not in path.read_text()


def test_the_end_to_end_tests_know_only_http() -> None:
    for path in (ROOT / "tests" / "e2e").rglob("*.py"):
        assert not {name for name in imports_of(path) if name.split(".")[0] == "service"}, path
