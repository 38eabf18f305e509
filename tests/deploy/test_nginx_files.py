"""What stands in the files under nginx/, and whether nginx accepts it."""

import re
from pathlib import Path

import pytest

from service.media_types import VIDEO_TYPES
from service.settings import Settings
from tests import nginx_binary, nginx_config
from tests.debian import UnavailableError
from tests.e2e.targets import ROOT

ADDRESSES = {"NGINX_PORT": "127.0.0.1:8080", "VIDEO_UPSTREAM": "127.0.0.1:8000"}
FILES = [path for path in sorted(nginx_config.SOURCE.rglob("*")) if path.is_file()]
TEMPLATES = [path for path in FILES if path.suffix == ".template"]
NEEDED = [path for path in TEMPLATES if path.name != "tls.conf.template"]  # which is for newer versions


def statements(path: Path) -> str:
    """The file without its comments."""
    return re.sub(r"(?m)(^|\s)#.*$", "", path.read_text())


@pytest.fixture(name="conf")
def _conf(tmp_path: Path) -> Path:
    return nginx_config.render(tmp_path / "nginx", ADDRESSES)


def check(conf: Path) -> tuple[int, str]:
    """Run `nginx -t`."""
    try:
        nginx = nginx_binary.find()
    except UnavailableError as lack:
        pytest.skip(str(lack))
    tested = nginx.run(*nginx_config.command(nginx, conf)[1:], "-t")
    return tested.returncode, tested.stderr


def test_nginx_accepts_it_without_a_warning(conf: Path) -> None:
    code, said = check(conf)
    assert code == 0, said
    assert "[warn]" not in said


@pytest.mark.parametrize("template", NEEDED, ids=lambda path: path.name)
def test_nginx_refuses_to_start_without_what_was_rendered(conf: Path, template: Path) -> None:
    """The image's step that renders templates goes on when it cannot write."""
    (conf.parent / "run" / template.stem).unlink()
    code, said = check(conf)
    assert code != 0
    assert template.stem in said


def test_no_variable_of_a_template_remains(conf: Path) -> None:
    rendered = "".join(path.read_text() for path in (conf.parent / "run").iterdir())
    assert not re.findall(r"\$\{\w+\}", rendered)


def test_templates_and_image_agree_about_the_variables() -> None:
    used = {name for path in TEMPLATES for name in re.findall(r"\$\{(\w+)\}", path.read_text())}
    dockerfile = (ROOT / "deploy/Dockerfile").read_text()
    passed = re.search(r'NGINX_ENVSUBST_FILTER="\^\((.*)\)\$"', dockerfile)
    assert passed
    assert used == nginx_config.VARIABLES == set(passed[1].split("|"))


def test_drain_of_nothing_is_not_a_drain_without_end(tmp_path: Path) -> None:
    """To nginx `worker_shutdown_timeout 0` means to wait for ever."""
    conf = nginx_config.render(tmp_path / "nginx", ADDRESSES | {"VIDEO_DRAIN_TIMEOUT": "0"})
    assert "worker_shutdown_timeout 0001ms;" in (conf.parent / "run/shutdown.conf").read_text()


@pytest.mark.parametrize(
    "value", ["", "true", "Yes", "ON", "1", "t", "y", "TRUE", "false", "No", "off", "0", "f", "n", "False"]
)
def test_the_access_log_is_for_who_wants_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    """As the service reads the setting."""
    monkeypatch.setenv("VIDEO_ACCESS_LOG", value)
    is_on = Settings().access_log
    conf = nginx_config.render(tmp_path / "nginx", ADDRESSES | {"VIDEO_ACCESS_LOG": value})
    for name in ("access_log.conf", "access_log_fast.conf"):
        assert ("access_log /dev/stdout" in statements(conf.parent / "run" / name)) is is_on
    assert check(conf)[0] == 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_headers_are_added_in_one_place(path: Path) -> None:
    """An add_header anywhere below takes away all those above; two places mean it."""
    if path.name not in {"headers.conf", "send.conf", "errors.conf"}:
        assert "add_header" not in statements(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_paths_are_relative_and_name_one_file(path: Path) -> None:
    """A wildcard may match nothing without an error; an absolute path is not there for a plain process."""
    text = statements(path)
    assert not re.findall(r"include\s+\S*\*", text)
    assert set(re.findall(r"[\s\"'](/(?:etc|tmp|var|usr|dev|run)/\S+)", text)) <= {"/dev/stdout"}


def test_nginx_knows_the_media_types_of_the_service() -> None:
    text = statements(nginx_config.SOURCE / "http/media_types.conf")
    (block,) = re.findall(r"types \{(.*)\}", text, re.DOTALL)
    rows = [line.split() for line in block.replace(";", "").strip().splitlines()]
    assert {f".{ending}": row[0] for row in rows for ending in row[1:]} == VIDEO_TYPES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_says_what_it_is_for(path: Path) -> None:
    assert path.read_text().startswith("# ")


def test_the_access_log_of_the_fast_lane_has_the_same_fields_but_the_services() -> None:
    text = statements(nginx_config.SOURCE / "http/access_log.conf")
    formats = dict(re.findall(r"log_format (\w+) escape=json\s+(.*?);\n", text, re.DOTALL))
    fields = {name: re.findall(r'"([a-z_.]+)":', lines) for name, lines in formats.items()}
    assert fields["access_fast"] == [name for name in fields["access"] if not name.startswith("upstream.")]
