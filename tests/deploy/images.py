"""The images of deploy/Dockerfile, built for the tests."""

import os

import pytest

from tests.e2e.targets import ROOT, compose
from tests.e2e.targets.compose import UP_TIMEOUT, docker

TARGETS = ("service", "nginx")
BUILT = {"REVISION": "1234abcd", "CREATED": "2026-11-24T21:00:00+00:00"}


def tag(target: str) -> str:
    return f"video-origin-test-{os.getpid()}:{target}"


def build() -> None:
    """Build them, or skip where there is nothing to build with."""
    if lack := compose.missing():
        pytest.skip(f"images cannot be built: {lack}")
    for target in TARGETS:
        options = ("--quiet", "--file", "deploy/Dockerfile", "--target", target, "--tag", tag(target))
        built = [f"--build-arg={name}={value}" for name, value in BUILT.items()]
        docker("build", *options, *built, str(ROOT), timeout=UP_TIMEOUT)


def remove() -> None:
    docker("image", "rm", *map(tag, TARGETS))
