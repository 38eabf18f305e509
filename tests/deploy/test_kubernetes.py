"""The Kubernetes manifests: put together by kustomize, held to schemas, and the pod's shape run for real.

No cluster is needed, and none is asked: scheduling, rollouts and the autoscaler are not tested here.
"""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import cache
from typing import Any

import kubernetes_validate
import pytest
import yaml

from service.metrics import Metrics
from service.settings import Settings, variable
from tests.deploy.pod import Pod
from tests.e2e.films import MEGABYTE, film, install
from tests.e2e.targets import ROOT, compose
from tests.e2e.targets.compose import UP_TIMEOUT, docker
from tests.e2e.viewers import Viewer

FOLDER = ROOT / "deploy/kubernetes"
OLDEST = "1.30"
"""The oldest version of Kubernetes for which the manifests are meant."""
CUSTOM = {"PodMonitor"}
"""Not Kubernetes' own, so not in its schemas."""


@cache
def built(folder: str) -> list[Any]:
    """Put a folder together as `kubectl apply --kustomize` does."""
    if shutil.which("kubectl"):
        command = ["kubectl", "kustomize"]
    elif shutil.which("kustomize"):
        command = ["kustomize", "build"]
    else:
        pytest.skip("no kubectl and no kustomize, and CI installs neither: the manifests stay apart")
    done = subprocess.run([*command, str(FOLDER / folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def one(kind: str, folder: str = "base") -> Any:
    (found,) = (manifest for manifest in built(folder) if manifest["kind"] == kind)
    return found


def pod_spec() -> Any:
    return one("Deployment")["spec"]["template"]["spec"]


def containers() -> dict[str, Any]:
    spec = pod_spec()
    return {container["name"]: container for container in (*spec["initContainers"], *spec["containers"])}


@pytest.mark.parametrize("version", [OLDEST, kubernetes_validate.latest_version()])
@pytest.mark.parametrize("folder", ["base", "overlays/example"])
def test_the_manifests_are_what_the_api_takes(folder: str, version: str) -> None:
    """Strictly: a misspelt field is an error."""
    for manifest in built(folder):
        if manifest["kind"] not in CUSTOM:
            kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize("kind", ["Service", "PodDisruptionBudget", "NetworkPolicy"])
def test_is_about_the_pods_of_the_deployment(kind: str) -> None:
    spec, labels = one(kind)["spec"], one("Deployment")["spec"]["template"]["metadata"]["labels"]
    selector = spec.get("podSelector") or spec["selector"]
    wanted = selector.get("matchLabels", selector)
    assert wanted
    assert wanted.items() <= labels.items()


def test_the_autoscaler_asks_for_a_metric_that_there_is() -> None:
    (metric,) = one("HorizontalPodAutoscaler")["spec"]["metrics"]
    exposition, _ = Metrics().exposition("")
    assert f"# TYPE {metric['pods']['metric']['name']} gauge" in exposition.decode()


def test_the_number_of_pods_is_the_autoscaler_s() -> None:
    assert "replicas" not in one("Deployment")["spec"]


def test_no_variable_of_the_cluster_is_taken_for_a_setting() -> None:
    assert one("Service")["metadata"]["name"].upper().startswith("VIDEO")
    assert pod_spec()["enableServiceLinks"] is False


def test_the_settings_are_settings() -> None:
    known = {variable(field) for field in Settings.model_fields}
    assert one("ConfigMap", "overlays/example")["data"].keys() <= known


@pytest.mark.parametrize("name", ["service", "nginx"])
def test_what_the_strictest_standard_for_pods_asks(name: str) -> None:
    """https://kubernetes.io/docs/concepts/security/pod-security-standards/."""
    pod, own = pod_spec()["securityContext"], containers()[name]["securityContext"]
    assert pod["runAsNonRoot"] is True
    assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert own == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


@pytest.mark.parametrize("name", ["service", "nginx"])
def test_memory_is_bounded(name: str) -> None:
    assert containers()[name]["resources"]["limits"]["memory"]


def test_the_pod_has_time_to_drain() -> None:
    settings, nginx = one("ConfigMap")["data"], containers()["nginx"]
    drained = nginx["lifecycle"]["preStop"]["sleep"]["seconds"] + int(settings["VIDEO_DRAIN_TIMEOUT"])
    assert pod_spec()["terminationGracePeriodSeconds"] > drained + 10


@pytest.fixture(name="images", scope="module")
def _images() -> Iterator[dict[str, str]]:
    if lack := compose.missing():
        pytest.skip(lack)
    tags = {name: f"video-pod-{os.getpid()}:{name}" for name in containers()}
    for name, tag in tags.items():
        build = ("build", "--quiet", "--file", "deploy/Dockerfile", "--target", name, "--tag", tag)
        docker(*build, str(ROOT), timeout=UP_TIMEOUT)
    yield tags
    docker("image", "rm", *tags.values())


def made(name: str, images: dict[str, str], media: Any) -> Pod:
    settings = one("ConfigMap")["data"]
    return Pod(f"video-pod-{os.getpid()}-{name}", pod_spec(), settings, images, {"video-media": media})


@pytest.fixture(name="pod", scope="module")
def _pod(images: dict[str, str]) -> Iterator[Pod]:
    """Start the pod with the bundled sample."""
    pod = made("sample", images, ROOT / "service/sample")
    try:
        pod.start()
        yield pod
    finally:
        pod.remove()


def test_the_pod_keeps_the_contract(pod: Pod) -> None:
    url = f"http://{pod.address}:{pod.port('http')}"
    done = subprocess.run([ROOT / "deploy/smoke", url], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + pod.logs()


@pytest.mark.parametrize("kind", ["startupProbe", "livenessProbe", "readinessProbe"])
@pytest.mark.parametrize("name", ["service", "nginx"])
def test_the_probes_find_it_well(pod: Pod, name: str, kind: str) -> None:
    container = containers()[name]
    if probe := container.get(kind):
        assert pod.probe(container, probe)


def test_metrics_are_at_the_port_that_the_monitor_names(pod: Pod) -> None:
    (endpoint,) = one("PodMonitor", "overlays/example")["spec"]["podMetricsEndpoints"]
    port = {"httpGet": {"path": endpoint["path"], "port": endpoint["port"]}, "timeoutSeconds": 5}
    assert pod.probe(containers()["service"], port)


def test_the_monitor_s_job_is_the_one_that_rules_ask_for() -> None:
    (endpoint,) = one("PodMonitor", "overlays/example")["spec"]["podMetricsEndpoints"]
    assert {"targetLabel": "job", "replacement": "video"} in endpoint["relabelings"]
    assert 'up{job="video"}' in (ROOT / "deploy/monitoring/prometheus/rules/alerts.yml").read_text()


@pytest.mark.parametrize("fields", [{}, {"If-Match": "*"}], ids=["from nginx", "through the service"])
def test_a_pod_that_goes_finishes_its_downloads(
    images: dict[str, str], fields: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    media, content = tmp_path_factory.mktemp("media"), film(seed=41, size=24 * MEGABYTE)
    media.chmod(0o755)
    media.parent.chmod(0o755)
    install(media, content)
    pod, codes = made("going", images, media), list[int]()
    try:
        pod.start()
        url = f"http://{pod.address}:{pod.port('http')}"
        with Viewer(url, headers=fields) as viewer:
            beginning = viewer.read(100_000)
            going = threading.Thread(target=lambda: codes.extend(pod.end()))
            going.start()
            slowly = viewer.dawdle(3)
            assert beginning + slowly + viewer.rest() == content
        going.join()
        assert codes == [0, 0]
    finally:
        pod.remove()
