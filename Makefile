SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --warn-undefined-variables --no-builtin-rules
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 8000
HTTP_PORT ?= 8080
URL ?= http://127.0.0.1:$(HTTP_PORT)
# More arguments for pytest: make test T="tests/unit -k ranges"
T ?=
# How long make soak takes, in seconds
SOAK ?= 600
# Arguments for the benchmark: make bench B="--quick --only ranges"
B ?=

BIN := .venv/bin
COMPOSE := docker compose
# What the images are built from; the time is that of the commit, so that building once more changes nothing.
BUILT = REVISION=$$(git describe --always --abbrev=40 --exclude='*' --dirty 2>/dev/null || echo unknown) \
	CREATED=$$(git show -s --format=%cI HEAD 2>/dev/null || echo unknown)

##@ Use

.PHONY: help
help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: .venv/run.stamp ## Serve the sample (or VIDEO_MEDIA_ROOT) on http://127.0.0.1:8000 (PORT= changes it)
	VIDEO_BIND=$${VIDEO_BIND:-127.0.0.1:$(PORT)} exec $(BIN)/python -m service

.PHONY: up
up: ## Build and start nginx and the service, and wait until both are ready
	$(BUILT) $(COMPOSE) up --build --wait

.PHONY: roll
roll: ## Build the service anew and replace it while it is in use: no request is lost, no download cut
	$(BUILT) deploy/roll

.PHONY: down
down: ## Stop the composed stack and remove it
	$(COMPOSE) down

.PHONY: logs
logs: ## Follow the logs of the composed stack
	$(COMPOSE) logs --follow

.PHONY: smoke
smoke: ## curl both routes of a running stack and compare with the contract (URL= changes where)
	deploy/smoke $(URL)

##@ Develop

.PHONY: check
check: lint types test ## Everything that must pass: lint, types, tests

.PHONY: lint
lint: .venv/dev.stamp ## Rules and format; what is known to be unsafe in Python, nginx's configuration, the Dockerfile, shell scripts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/bandit --quiet --recursive service
	$(BIN)/python -m tests.nginx_lint
# (hadolint does not know this option yet)
	sed 's/ --start-interval=[^ ]*//' deploy/Dockerfile | $(BIN)/hadolint -
	$(BIN)/shellcheck .ci/run deploy/roll deploy/smoke
	$(BIN)/shellcheck --shell=sh deploy/limits.envsh deploy/log_piece.envsh

.PHONY: format
format: .venv/dev.stamp ## Let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: types
types: .venv/dev.stamp ## mypy, strict
	$(BIN)/mypy

.PHONY: test
test: .venv/dev.stamp ## All tests, on every target that can run here (T="..." are arguments for pytest)
	$(BIN)/python -X dev -m pytest $(T)

.PHONY: soak
soak: .venv/dev.stamp ## Load the composed stack for SOAK seconds (600), check every byte and say how memory grows
	$(BIN)/python -X dev -m pytest tests/e2e/test_soak.py --target compose --soak $(SOAK) $(T)

.PHONY: cover
cover: .venv/dev.stamp ## Branch coverage of the unit and app tests
	$(BIN)/python -m pytest --cov --cov-report=term-missing tests/unit tests/app

.PHONY: conformance
conformance: .venv/dev.stamp ## Check what answers at URL= against RFC 9110 and 9112 (it has to serve the sample)
	$(BIN)/python -m tests.conformance.check $(URL) /video.mp4 service/sample/sample.mp4
	$(BIN)/python -m tests.conformance.check $(URL) /chunked_video.mp4 service/sample/sample.mp4 --cap 100000

.PHONY: peers
peers: .venv/dev.stamp ## The same check against other servers of files, as a table (installs them in a cache)
	$(BIN)/python -m tests.conformance.peers

.PHONY: bench
bench: .venv/dev.stamp ## Measure the composed stack beside nginx static and other servers, as docs/bench.md (root, Docker; 25 minutes)
	$(BIN)/python -m tests.bench $(B)

.PHONY: sbom
sbom: ## Build the service's image and write what it was built with to sbom.cdx.json (CycloneDX)
	docker run --rm --network none --entrypoint cat $$(docker build --quiet --file deploy/Dockerfile --target service .) \
	  /usr/share/sbom/video-origin.cdx.json > sbom.cdx.json

.PHONY: browser
browser: ## Install what the browser tests need (Debian, Ubuntu; root)
	apt-get install -y --no-install-recommends chromium

.PHONY: lock
lock: .venv/lock.stamp ## Resolve the dependencies anew and write the lock files, with hashes
	$(BIN)/uv pip compile $(LOCKFLAGS) pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile $(LOCKFLAGS) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(BIN)/uv pip compile $(LOCKFLAGS) --group pyproject.toml:sbom -o requirements-sbom.lock

.PHONY: clean
clean: ## Remove what make made
	rm -rf .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache .coverage
	find . -name __pycache__ -prune -exec rm -rf {} +

# --universal: one file for every Python and platform the project supports, told apart by markers.
LOCKFLAGS := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --upgrade --custom-compile-command "make lock"

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.13")'
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.lock | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	touch $@

.venv/dev.stamp: requirements-dev.lock | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	touch $@ .venv/run.stamp

.venv/lock.stamp: | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	touch $@
