"""A pod of a manifest as plain containers: one network, the manifest's volumes, users and limits.

What the kubelet does is done by docker: emptyDirs are tmpfs of root and the pod's group, sidecars start first
and end last, probes are asked from outside. The scheduler, balancers and rollouts are not there.
"""

import json
import socket
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import requests

from tests.e2e.targets.compose import docker
from tests.e2e.targets.process import wait_until

MODE_OF_EMPTY_DIRS = "2777"

Manifest = dict[str, Any]


class Pod:
    """Runs the pod template `spec`; `claims` are the folders behind persistent volume claims."""

    def __init__(
        self, name: str, spec: Manifest, settings: Manifest, images: dict[str, str], claims: dict[str, Path]
    ) -> None:
        self._name = name
        self._spec = spec
        self._settings = settings
        self._images = images
        self._claims = claims
        self._volumes: list[str] = []
        self._started: list[str] = []

    @property
    def containers(self) -> list[Manifest]:
        """In the order of their start."""
        return [*self._spec.get("initContainers", []), *self._spec["containers"]]

    def start(self) -> None:
        for volume in self._spec["volumes"]:
            if "emptyDir" in volume:
                self._make(volume)
        for container in self.containers:
            docker(*self._command(container))
            self._started.append(self.name_of(container["name"]))
            if probe := container.get("startupProbe"):
                wait_until(partial(self.probe, container, probe), 60, "the startup probe")
        for container in self.containers:
            probe = container["readinessProbe"]
            wait_until(partial(self.probe, container, probe), 60, "the readiness probe")

    def name_of(self, container: str) -> str:
        return f"{self._name}-{container}"

    def _make(self, volume: Manifest) -> None:
        group = self._spec["securityContext"]["fsGroup"]
        size = volume["emptyDir"]["sizeLimit"].replace("i", "").lower()
        options = f"o=size={size},uid=0,gid={group},mode={MODE_OF_EMPTY_DIRS}"
        self._volumes.append(self.name_of(volume["name"]))
        kind = ("--opt", "type=tmpfs", "--opt", "device=tmpfs", "--opt", options)
        docker("volume", "create", *kind, self._volumes[-1])

    def _command(self, container: Manifest) -> list[str]:
        network = f"container:{self._started[0]}" if self._started else "bridge"
        image = self._images[container["name"]]
        own = (*self._environment(container), *self._mounts(container), *self._confinement(container))
        name = self.name_of(container["name"])
        return ["run", "--detach", "--name", name, "--network", network, *own, image]

    def _environment(self, container: Manifest) -> list[str]:
        listed = {entry["name"]: entry["value"] for entry in container["env"]}
        return [f"--env={name}={value}" for name, value in (self._settings | listed).items()]

    def _mounts(self, container: Manifest) -> list[str]:
        sources = {volume["name"]: volume for volume in self._spec["volumes"]}
        return [self._mount(sources[mount["name"]], mount) for mount in container["volumeMounts"]]

    def _mount(self, volume: Manifest, mount: Manifest) -> str:
        claim = volume.get("persistentVolumeClaim")
        source = self._claims[claim["claimName"]] if claim else self.name_of(volume["name"])
        ending = ":ro" if mount.get("readOnly") else ""
        return f"--volume={source}:{mount['mountPath']}{ending}"

    def _confinement(self, container: Manifest) -> list[str]:
        pod, own = self._spec["securityContext"], container["securityContext"]
        options = [f"--user={pod['runAsUser']}:{pod['runAsGroup']}", f"--group-add={pod['fsGroup']}"]
        options += [f"--cap-drop={name}" for name in own["capabilities"]["drop"]]
        if own["readOnlyRootFilesystem"]:
            options.append("--read-only")
        if not own["allowPrivilegeEscalation"]:
            options.append("--security-opt=no-new-privileges:true")
        return [*options, f"--memory={container['resources']['limits']['memory'].replace('i', '')}"]

    @cached_property
    def address(self) -> str:
        facts = json.loads(docker("inspect", self._started[0]))[0]
        return str(facts["NetworkSettings"]["Networks"]["bridge"]["IPAddress"])

    def port(self, name: str) -> int:
        ports = (port for container in self.containers for port in container.get("ports", []))
        return int(next(port["containerPort"] for port in ports if port["name"] == name))

    def probe(self, container: Manifest, probe: Manifest) -> bool:
        """Ask as the kubelet does; the port is a named one of the container's own."""
        own = {port["name"]: port["containerPort"] for port in container["ports"]}
        seconds, asked = probe["timeoutSeconds"], probe.get("httpGet")
        if not asked:
            return listens(self.address, own[probe["tcpSocket"]["port"]], seconds)
        return succeeds(f"http://{self.address}:{own[asked['port']]}{asked['path']}", seconds)

    def end(self) -> list[int]:
        """Stop the containers, then the sidecars; return their exit codes in that order."""
        names = [self.name_of(container["name"]) for container in reversed(self.containers)]
        for name in names:
            docker("stop", "--timeout", str(self._spec["terminationGracePeriodSeconds"]), name, timeout=120)
        return [int(docker("inspect", "--format", "{{.State.ExitCode}}", name)) for name in names]

    def logs(self) -> str:
        return "".join(docker("logs", name) for name in self._started)

    def remove(self) -> None:
        if self._started:
            docker("rm", "--force", *self._started)
        if self._volumes:
            docker("volume", "rm", *self._volumes)


def listens(host: str, port: int, seconds: float) -> bool:
    try:
        socket.create_connection((host, port), timeout=seconds).close()
    except OSError:
        return False
    return True


def succeeds(url: str, seconds: float) -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            return 200 <= session.get(url, timeout=seconds).status_code < 400
        except requests.RequestException:
            return False
