"""What the images hold beyond their base images, and the list of it. Needs a Docker engine."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from service import __version__
from tests.deploy.images import TARGETS, build, remove, tag
from tests.e2e.targets import ROOT
from tests.e2e.targets.compose import docker

SBOM = "/usr/share/sbom/video-origin.cdx.json"
PYTHON = {
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": "3.13.0",
    "python_version": "3.13",
    "sys_platform": "linux",
}
"""What markers of the lock file mean in the image."""
MOUNTED = {
    "service": {"/var/lib/video", "/var/log/video"},
    "nginx": {f"/etc/nginx/{name}" for name in ("run", "cache", "log", "decisions")},
}


@pytest.fixture(scope="module", autouse=True)
def _images() -> Iterator[None]:
    build()
    yield
    remove()


def base(target: str) -> str:
    """Name the image that the target is made from."""
    (found,) = re.findall(rf"(?m)^FROM (\S+) AS {target}$", (ROOT / "deploy/Dockerfile").read_text())
    return str(found)


def found(image: str, user: str, *tests: str) -> set[str]:
    """Look for paths in all of an image that the user may look at."""
    options = ("--rm", "--network=none", "--user", user, "--entrypoint", "find")
    elsewhere = ("-path", "/proc", "-o", "-path", "/sys", "-o", "-path", "/dev", "-o", "-not", "-readable")
    listed = docker("run", *options, image, "/", "(", *elsewhere, ")", "-prune", "-o", *tests, "-print")
    return set(listed.splitlines())


def added(target: str, user: str, *tests: str) -> set[str]:
    return found(tag(target), user, *tests) - found(base(target), user, *tests)


@pytest.fixture(scope="module", name="sbom")
def _sbom() -> Any:
    return json.loads(docker("run", "--rm", "--network=none", "--entrypoint", "cat", tag("service"), SBOM))


def locked() -> set[tuple[str, str]]:
    """Names and versions of what the lock file means in the image."""
    lines = re.findall(r"(?m)^(\S+==[^\\\n]+?) *\\?$", (ROOT / "requirements.lock").read_text())
    wanted = [Requirement(line) for line in lines]
    here = [package for package in wanted if not package.marker or package.marker.evaluate(PYTHON)]
    return {(canonicalize_name(package.name), str(package.specifier)[2:]) for package in here}


def test_the_list_is_cyclonedx(sbom: Any) -> None:
    """The tool has validated it against the schema while the image was built."""
    assert (sbom["bomFormat"], sbom["specVersion"]) == ("CycloneDX", "1.6")


def test_the_list_is_of_what_is_locked(sbom: Any) -> None:
    listed = {(canonicalize_name(part["name"]), part["version"]) for part in sbom["components"]}
    assert listed == locked()


def test_the_list_is_about_this_version(sbom: Any) -> None:
    about = sbom["metadata"]["component"]
    assert (about["name"], about["version"]) == ("video-origin", __version__)


def test_the_list_says_nothing_about_when_and_where_it_was_made(sbom: Any) -> None:
    """So the same environment has the same list."""
    assert "timestamp" not in sbom["metadata"]
    assert "serialNumber" not in sbom


@pytest.mark.parametrize("target", TARGETS)
def test_the_label_has_the_version(target: str) -> None:
    (facts,) = json.loads(docker("image", "inspect", tag(target)))
    assert facts["Config"]["Labels"]["org.opencontainers.image.version"] == __version__


@pytest.mark.parametrize("target", TARGETS)
def test_no_program_is_added_but_ours(target: str) -> None:
    """No shell, no compiler, no installer that the base image does not have."""
    programs = added(target, "0:0", "-type", "f", "-perm", "/111", "-not", "-name", "*.so*")
    ours = (
        "/opt/venv/bin/",
        "/docker-entrypoint.d/16-limits.envsh",
        "/docker-entrypoint.d/17-log_piece.envsh",
    )
    assert {path for path in programs if not path.startswith(ours)} == set()


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_gives_away_the_rights_of_another(target: str) -> None:
    assert added(target, "0:0", "-type", "f", "-perm", "/6000") == set()


@pytest.mark.parametrize("target", TARGETS)
def test_its_user_may_write_to_what_is_mounted_only(target: str) -> None:
    assert added(target, "10001:10001", "-writable", "-not", "-type", "l") == MOUNTED[target]
