"""What the containers are refused while they run."""

import pytest

from tests.e2e.targets import Stack
from tests.e2e.targets.compose import Compose, docker

pytestmark = pytest.mark.only("compose")

CONNECT = "import socket; socket.create_connection(({!r}, 80), timeout=5)"


@pytest.fixture(name="composed")
def _composed(stack: Stack) -> Compose:
    assert isinstance(stack, Compose)
    return stack


def inside(composed: Compose, service: str, *command: str) -> str:
    """Run a command in the container and answer with all that it said."""
    return composed.compose("exec", "--no-TTY", service, *command)


def test_from_the_service_no_way_leads_out(composed: Compose) -> None:
    with pytest.raises(AssertionError, match="Network is unreachable"):
        inside(composed, "service", "python", "-c", CONNECT.format("192.0.2.1"))


def test_the_service_is_on_one_network(composed: Compose) -> None:
    assert set(composed.inspect()["NetworkSettings"]["Networks"]) == {f"{composed.project}_inside"}


@pytest.mark.parametrize("service", ["service", "nginx"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Seccomp", "2"),  # a filter: Docker's default, since compose names none
        ("NoNewPrivs", "1"),
        ("CapEff", "0000000000000000"),
        ("CapBnd", "0000000000000000"),
    ],
)
def test_the_kernel_refuses_what_none_of_them_needs(
    composed: Compose, service: str, name: str, value: str
) -> None:
    status = dict(
        line.split(":\t", 1) for line in inside(composed, service, "cat", "/proc/1/status").splitlines()
    )
    assert status[name].strip() == value


@pytest.mark.parametrize("service", ["service", "nginx"])
def test_no_other_seccomp_profile_is_named(composed: Compose, service: str) -> None:
    container = composed.compose("ps", "--quiet", service).strip()
    assert (
        docker("inspect", "--format", "{{.HostConfig.SecurityOpt}}", container).strip()
        == "[no-new-privileges:true]"
    )
