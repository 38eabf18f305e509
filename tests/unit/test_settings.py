"""The settings: bounds, clear errors all at once, and one list of them everywhere."""

import re
from pathlib import Path

import pytest
import yaml

from service.errors import ConfigurationError
from service.settings import PREFIX, Settings, load_settings, variable

ROOT = Path(__file__).parents[2]
NAMES = [variable(field) for field in Settings.model_fields]
NOT_FOR_USERS_OF_COMPOSE = {"VIDEO_BIND", "VIDEO_MEDIA_ROOT"}  # fixed in the image

WRONG = [
    ("VIDEO_MAX_PARTIAL_SIZE", "0", "greater than or equal to 1"),
    ("VIDEO_MAX_PARTIAL_SIZE", "many", "digits only"),
    ("VIDEO_MAX_PARTIAL_SIZE", "9" * 4000, "less than or equal"),
    ("VIDEO_STALL_TIMEOUT", "60.0", "digits only"),
    ("VIDEO_STALL_TIMEOUT", "1_0", "digits only"),
    ("VIDEO_BIND", "unix:/tmp/x:80", "HOST:PORT"),
    ("VIDEO_BIND", "fd://1:80", "HOST:PORT"),
    ("VIDEO_BIND", "[]:80", "HOST:PORT"),
    ("VIDEO_CACHE_MAX_AGE", "-1", "digits only"),
    ("VIDEO_BIND", "8000", "HOST:PORT"),
    ("VIDEO_BIND", "localhost:", "HOST:PORT"),
    ("VIDEO_BIND", "localhost:65536", "HOST:PORT"),
    ("VIDEO_DRAIN_TIMEOUT", "-1", "digits only"),
    ("VIDEO_STALL_TIMEOUT", "0", "greater than or equal to 1"),
    ("VIDEO_KEEP_ALIVE_TIMEOUT", "1.5", "digits only"),
    ("VIDEO_LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
    ("VIDEO_LOG_FORMAT", "xml", "'json' or 'console'"),
    ("VIDEO_ACCESS_LOG", "perhaps", "boolean"),
    ("VIDEO_FEATURED", "../secret.mp4", "path of a file below"),
    ("VIDEO_FEATURED", "Series/../../secret.mp4", "path of a file below"),
    ("VIDEO_FEATURED", "/etc/secret.mp4", "path of a file below"),
    ("VIDEO_FEATURED", ".hidden.mp4", "path of a file below"),
    ("VIDEO_FEATURED", "Series/.hidden/film.mp4", "path of a file below"),
    ("VIDEO_RESCAN_INTERVAL", "-1", "digits only"),
    ("VIDEO_MAX_DELIVERIES", "-1", "digits only"),
    ("VIDEO_MAX_DELIVERIES_PER_CLIENT", "65536", "less than or equal to 65535"),
    ("VIDEO_HEADER_TIMEOUT", "0", "greater than or equal to 1"),
    ("VIDEO_CLIENT_IPV6_PREFIX", "60", "multiple of 8"),
    ("VIDEO_CLIENT_IPV6_PREFIX", "24", "greater than or equal to 32"),
    ("VIDEO_TRUSTED_PROXIES", "10.0.0.0/33", "'10.0.0.0/33'"),
    ("VIDEO_TRUSTED_PROXIES", "10.0.0.1/8", "host bits set"),
    ("VIDEO_TRUSTED_PROXIES", "10.0.0.1; 8.8.8.8", "'10.0.0.1;'"),
    ("VIDEO_TRUSTED_PROXIES", "10.0.0.0/8, 0.0.0.0/0", "must not be everybody"),
    ("VIDEO_MAX_PARTAL_SIZE", "1", "did you mean VIDEO_MAX_PARTIAL_SIZE?"),
    ("VIDEO_QQQQQQQQQQQQQQQQQQ", "1", "VIDEO_MAX_PARTIAL_SIZE"),
]


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def problems(found: list[str] | None = None) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(lambda _: found or [])
    return caught.value.problems


def test_the_defaults_are_the_contract_s() -> None:
    settings = load_settings(lambda _: [])
    assert (settings.max_partial_size, settings.bind) == (100_000, "127.0.0.1:8000")
    assert (settings.media_root / "sample.mp4").stat().st_size == 255_849


@pytest.mark.parametrize(("name", "value", "hint"), WRONG)
def test_a_wrong_value_is_named_with_the_way_to_mend_it(
    name: str, value: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    (problem,) = problems()
    assert name in problem
    assert hint in problem


@pytest.mark.parametrize(("uri", "header"), [("15385", "16384"), ("16000", "")])
def test_the_uri_is_a_part_of_the_header_section(
    uri: str, header: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDEO_MAX_URI_SIZE", uri)
    monkeypatch.setenv("VIDEO_MAX_HEADER_SIZE", header)
    (problem,) = problems()
    assert problem.startswith("VIDEO_MAX_HEADER_SIZE=")
    assert problem.endswith(f"must be at least 1000 more than VIDEO_MAX_URI_SIZE ({uri}), which it holds")


def test_everything_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value, _ in WRONG:
        monkeypatch.setenv(name, value)
    found = problems(["the folder is empty"])
    assert {name for name, _, _ in WRONG if any(name in problem for problem in found)} == {
        name for name, _, _ in WRONG
    }


def test_the_files_are_checked_even_when_another_setting_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDEO_LOG_LEVEL", "loud")
    assert "the folder is empty" in problems(["the folder is empty"])


def test_an_empty_value_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDEO_MAX_PARTIAL_SIZE", "")
    assert load_settings(lambda _: []).max_partial_size == 100_000


def test_settings_cannot_be_changed_after_they_were_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().max_partial_size = 1


def test_every_setting_has_a_sentence() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def default_of(field: str) -> str:
    value = Settings.model_fields[field].get_default()
    return (
        ""
        if value is None or isinstance(value, Path)
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
    )


def test_the_example_file_lists_every_setting_with_its_default() -> None:
    example = (ROOT / ".env.example").read_text()
    listed = dict(re.findall(rf"^#({PREFIX}\w+)=(.*)$", example, re.MULTILINE))
    assert listed == {variable(field): default_of(field) for field in Settings.model_fields}


def test_the_readme_lists_every_setting_with_its_default_and_sentence() -> None:
    readme = (ROOT / "README.md").read_text()
    for field, info in Settings.model_fields.items():
        default = f"`{default_of(field)}`" if default_of(field) else ""
        assert f"| `{variable(field)}` | {default} | {info.description} |" in readme


def test_compose_passes_every_setting_on() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    environment = compose["services"]["service"]["environment"]
    passed = {entry.split("=")[0] for entry in environment}
    assert {name for name in passed if name.startswith(PREFIX)} == set(NAMES) - NOT_FOR_USERS_OF_COMPOSE
