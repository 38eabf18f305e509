"""A real Prometheus joins the composed network and scrapes the service: its word counts, not a parser's."""

import json
import os
import subprocess
import tempfile
import time
import urllib.parse
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.e2e import series
from tests.e2e.targets import Stack
from tests.e2e.targets.compose import Compose, docker
from tests.e2e.targets.process import answers, free_port, wait_until

IMAGE = "prom/prometheus:v3.5.3"
CONFIGURATION = """
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: video
    static_configs: [{targets: ["service:8000"]}]
"""
pytestmark = pytest.mark.only("compose")


def image_is_there() -> bool:
    found = subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True, check=False)
    return found.returncode == 0


@pytest.fixture(scope="module", name="prometheus")
def _prometheus(stack: Stack) -> Iterator[str]:
    """Answer with its URL."""
    if not image_is_there():
        required = os.environ.get("CI") or os.environ.get("REQUIRE_PROMETHEUS")
        (pytest.fail if required else pytest.skip)(f"the image {IMAGE} is not there: docker pull {IMAGE}")
    assert isinstance(stack, Compose)
    # where the service is, and where a port can be published
    inside, edge = f"{stack.project}_inside", f"{stack.project}_edge"
    name, port = f"video-e2e-prometheus-{uuid.uuid4().hex[:8]}", free_port()
    with tempfile.TemporaryDirectory(prefix="video-prometheus-") as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "prometheus.yml").write_text(CONFIGURATION)
        docker(
            "run", "--detach", "--rm", "--name", name, "--network", inside, "--network", edge,
            "--publish", f"127.0.0.1:{port}:9090", "--volume", f"{folder}:/etc/prometheus:ro", IMAGE,
        )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until(lambda: answers(f"{url}/-/ready"), 60, "Prometheus is ready")
            yield url
        finally:
            docker("rm", "--force", "--volumes", name)


def query(url: str, expression: str) -> float:
    """Add up what an instant query finds."""
    path = f"{url}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"
    with requests.Session() as session:
        session.trust_env = False
        answer = json.loads(session.get(path, timeout=10).text)
    assert answer["status"] == "success"
    return sum(float(found["value"][1]) for found in answer["data"]["result"])


def test_prometheus_scrapes_the_service(prometheus: str) -> None:
    wait_until(lambda: query(prometheus, 'up{job="video"}') == 1, 20, "up")


def test_prometheus_counts_requests_and_bytes(prometheus: str, stack: Stack) -> None:
    """Two scrapes around three ranges differ by three requests and their 2403 bytes."""

    def counted() -> tuple[float, float]:
        labels = '{route="/video.mp4"}'
        names = ("video_http_requests_total", "video_delivered_bytes_total")
        requests, delivered = (query(prometheus, f"sum({name}{labels})") for name in names)
        return requests, delivered

    def own_word() -> tuple[float, float]:
        text = stack.metrics()
        names = ("video_http_requests_total", "video_delivered_bytes_total")
        requests, delivered = (series.value(text, name, route="/video.mp4") for name in names)
        return requests, delivered

    stack.get("/video.mp4", headers={"Range": "bytes=0-0"})
    time.sleep(stack.metrics_delay)
    before = own_word()
    wait_until(lambda: counted() == before, 20, "Prometheus has what the service says")
    for _ in range(3):
        stack.get("/video.mp4", headers={"Range": "bytes=200-1000"})
    after = (before[0] + 3, before[1] + 3 * 801)
    wait_until(lambda: counted() == after, 10, "Prometheus has three ranges more")
