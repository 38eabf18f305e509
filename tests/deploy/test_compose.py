"""What docker-compose.yml says, as compose itself reads it."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from service.settings import SAMPLE_FOLDER, Settings, variable
from tests.e2e.targets import ROOT
from tests.e2e.targets.process import clean_environment

SERVICES = ("service", "nginx")
TLS_OVERLAY = "deploy/compose.tls.yml"


def read(**environment: str) -> Any:
    """Return the services."""
    return read_whole(**environment)["services"]


def read_whole(*overlays: str, **environment: str) -> Any:
    """Resolve the file and overlays."""
    done = config(*overlays, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def config(*overlays: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `docker compose config` without the developer's .env and override file."""
    if shutil.which("docker") is None:
        pytest.skip("there is no docker command to read docker-compose.yml with")
    files = [word for file in ("docker-compose.yml", *overlays) for word in ("-f", file)]
    return subprocess.run(
        ["docker", "compose", *files, "--env-file", os.devnull, "config", "--format", "json"],
        cwd=ROOT, env=clean_environment(**environment), capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module", name="services")
def _services() -> Any:
    return read()


@pytest.mark.parametrize("name", SERVICES)
def test_hardening(services: Any, name: str) -> None:
    container = services[name]
    assert container["user"] == "10001:10001"
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert not container.keys() & {"privileged", "cap_add", "devices", "network_mode", "pid", "ipc"}


@pytest.mark.parametrize("name", SERVICES)
def test_what_it_may_use_is_bounded(services: Any, name: str) -> None:
    container = services[name]
    assert 0 < int(container["mem_limit"]) <= 1024**3
    assert 0 < container["pids_limit"] <= 128
    assert container["logging"]["driver"] == "local"
    assert container["logging"]["options"] == {"max-size": "10m", "max-file": "3", "compress": "false"}


@pytest.mark.parametrize("name", SERVICES)
def test_what_the_kernel_may_hold_for_a_viewer_is_bounded(services: Any, name: str) -> None:
    kernel = services[name]["sysctls"]
    assert int(kernel["net.ipv4.tcp_notsent_lowat"]) <= 131072
    assert int(kernel["net.ipv4.tcp_rmem"].split()[-1]) <= 262144


@pytest.mark.parametrize("name", SERVICES)
def test_comes_back_and_is_probed_often_at_the_start(services: Any, name: str) -> None:
    assert services[name]["restart"] == "unless-stopped"
    assert services[name]["healthcheck"]["start_interval"] == "500ms"


@pytest.mark.parametrize("name", SERVICES)
def test_has_time_to_drain(services: Any, name: str) -> None:
    assert services[name]["stop_grace_period"] == "2m0s"
    assert sum(Settings.model_fields[f"drain_{name}"].default for name in ("delay", "timeout")) < 120


@pytest.mark.parametrize("name", SERVICES)
def test_waits_until_it_is_ready(services: Any, name: str) -> None:
    assert "ready" in services[name]["healthcheck"]["test"][-1]


@pytest.mark.parametrize("name", SERVICES)
def test_is_told_what_it_is_built_from(name: str) -> None:
    assert read(REVISION="1234", CREATED="today")[name]["build"]["args"] == {
        "REVISION": "1234",
        "CREATED": "today",
    }


def test_the_service_has_no_way_out_and_nginx_one() -> None:
    composed = read_whole()
    assert set(composed["services"]["service"]["networks"]) == {"inside"}
    assert set(composed["services"]["nginx"]["networks"]) == {"inside", "edge"}
    assert composed["networks"]["inside"]["internal"] is True


@pytest.mark.parametrize(
    "path", [ROOT / "docker-compose.yml", *sorted((ROOT / "deploy").rglob("*.y*ml"))], ids=str
)
def test_nothing_is_unconfined(path: Path) -> None:
    """No file takes back what the engine refuses by default: seccomp, AppArmor, masked paths."""
    assert "unconfined" not in path.read_text().lower()


def test_only_nginx_is_published(services: Any) -> None:
    assert [name for name in services if services[name].get("ports")] == ["nginx"]


@pytest.mark.parametrize(("environment", "published"), [({}, "8080"), ({"HTTP_PORT": "9000"}, "9000")])
def test_published_port(environment: dict[str, str], published: str) -> None:
    (port,) = read(**environment)["nginx"]["ports"]
    assert (port["published"], port["target"]) == (published, 8080)


def test_no_connection_arrives_under_the_address_of_docker(services: Any) -> None:
    """IPv6 clients would come from the bridge's private address, and be let in to /metrics."""
    assert services["nginx"]["ports"][0]["host_ip"] == "0.0.0.0"


@pytest.mark.parametrize(
    ("environment", "source"), [({}, str(SAMPLE_FOLDER)), ({"MEDIA_DIR": "/srv/films"}, "/srv/films")]
)
@pytest.mark.parametrize("name", SERVICES)
def test_media_is_mounted_read_only(name: str, environment: dict[str, str], source: str) -> None:
    (mount,) = [mount for mount in read(**environment)[name]["volumes"] if mount["type"] == "bind"]
    assert (mount["source"], mount["target"], mount["read_only"]) == (source, "/media", True)
    assert not mount["bind"].get("create_host_path"), "a folder that is missing must be an error"


def test_what_may_be_written_to(services: Any) -> None:
    def volumes(name: str) -> dict[str, str]:
        return {
            mount["target"]: mount["source"]
            for mount in services[name]["volumes"]
            if mount["type"] == "volume"
        }

    assert [mount.partition(":")[0] for mount in services["nginx"]["tmpfs"]] == ["/etc/nginx/run"]
    assert volumes("nginx") == {
        "/etc/nginx/log": "deliveries",
        "/etc/nginx/decisions": "decisions",
        "/etc/nginx/cache": "cache",
    }
    assert "tmpfs" not in services["service"]
    assert volumes("service") == {"/var/log/video": "deliveries", "/var/lib/video": "decisions"}
    assert services["service"]["environment"]["VIDEO_DELIVERY_LOG"] == "/var/log/video/deliveries.log"
    assert services["service"]["environment"]["VIDEO_DECISIONS"] == "/var/lib/video"


@pytest.mark.parametrize(("name", "size"), [("deliveries", "64m"), ("decisions", "16m")])
def test_what_the_two_share_cannot_fill_a_disk(name: str, size: str) -> None:
    options = read_whole()["volumes"][name]["driver_opts"]
    assert options["type"] == "tmpfs"
    assert f"size={size}" in options["o"].split(",")


def test_nginx_waits_for_a_healthy_service(services: Any) -> None:
    assert services["nginx"]["depends_on"]["service"]["condition"] == "service_healthy"


def test_what_is_not_set_keeps_the_default_of_the_service(services: Any) -> None:
    environment = services["service"]["environment"]
    fixed = {"VIDEO_ACCESS_LOG", "VIDEO_DELIVERY_LOG", "VIDEO_DECISIONS"}
    assert {name for name, value in environment.items() if value is not None} == fixed


def test_one_access_log_is_kept_and_it_is_the_one_of_nginx(services: Any) -> None:
    assert services["service"]["environment"]["VIDEO_ACCESS_LOG"] == "false"


@pytest.mark.parametrize(("given", "kept"), [({}, "true"), ({"VIDEO_ACCESS_LOG": "false"}, "false")])
def test_the_access_log_can_be_left_out(given: dict[str, str], kept: str) -> None:
    assert read(**given)["nginx"]["environment"]["VIDEO_ACCESS_LOG"] == kept
    assert read(**given)["service"]["environment"]["VIDEO_ACCESS_LOG"] == "false"


@pytest.mark.parametrize(("name", "value"), [("VIDEO_LOG_LEVEL", "debug"), ("VIDEO_CACHE_MAX_AGE", "9")])
def test_setting_from_the_shell_arrives(name: str, value: str) -> None:
    assert read(**{name: value})["service"]["environment"][name] == value


SHARED = [
    "stall_timeout",
    "drain_timeout",
    "header_timeout",
    "max_uri_size",
    "max_header_size",
    "max_deliveries",
    "max_deliveries_per_client",
    "max_request_rate",
    "rate_limit",
    "client_ipv6_prefix",
    "trusted_proxies",
]


@pytest.mark.parametrize("field", SHARED)
def test_nginx_has_the_settings_of_the_service(services: Any, field: str) -> None:
    name = variable(field)
    assert services["nginx"]["environment"][name] == str(Settings.model_fields[field].default)
    assert read(**{name: "7"})["nginx"]["environment"][name] == "7"


def test_the_port_for_tls_is_published_beside_the_other() -> None:
    services = read_whole(TLS_OVERLAY, TLS_DIR="/srv/tls", HTTPS_PORT="443")["services"]
    ports = {(port["host_ip"], port["published"], port["target"]) for port in services["nginx"]["ports"]}
    assert ports == {("0.0.0.0", "8080", 8080), ("0.0.0.0", "443", 8443)}
    assert services["nginx"]["environment"]["NGINX_TLS_PUBLIC_PORT"] == "443"


def test_nobody_but_nginx_sees_the_key() -> None:
    services = read_whole(TLS_OVERLAY, TLS_DIR="/srv/tls")["services"]
    mounted = {name: [mount["source"] for mount in services[name]["volumes"]] for name in services}
    assert [name for name, sources in mounted.items() if "/srv/tls" in sources] == ["nginx"]


def test_tls_without_a_folder_says_what_it_wants() -> None:
    tried = config(TLS_OVERLAY)
    assert tried.returncode != 0
    assert "the folder with fullchain.pem and privkey.pem" in tried.stderr
