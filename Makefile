# The same commands for people and CI. Each does all of its own set-up, and nothing that is done already.
.DEFAULT_GOAL := help
.PHONY: help setup browser extension demo test lint format bench lock clean

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

help:  ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

setup: $(READY)  ## a virtual environment with everything that is pinned in requirements/

$(READY): pyproject.toml requirements/dev.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

browser: $(READY)  ## a browser for the end user's tests, where none is installed
	@$(BIN)/python tests/browser/install.py

EXTENSION := extension/target/keycloak-2fa-extension.jar

extension: $(EXTENSION)  ## the jar for Keycloak's providers/ folder; needs Maven and a Java Development Kit, 17 or newer

$(EXTENSION): extension/pom.xml $(shell find extension/src/main -type f)
	@command -v mvn >/dev/null || { echo "make extension needs Maven (the command mvn), 3.6.3 or newer." >&2; exit 1; }
	@mvn -version 2>/dev/null | grep -q 'Java version: \(1[7-9]\|[2-9][0-9]\)' || \
	  { echo "make extension needs a Java Development Kit, 17 or newer: install one, or set JAVA_HOME to it." >&2; exit 1; }
	mvn -q -B -f extension/pom.xml clean package
	@touch $@

demo: $(READY)  ## the whole job on an embedded Keycloak
	@$(BIN)/kc2fa demo

test: $(READY) browser  ## every test, against a real Keycloak
	$(BIN)/python -m pytest $(TESTS)

lint: $(READY)  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)  ## put the style right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)  ## how fast enforcing is, beside the bare clients; takes some minutes
	$(BIN)/python bench/enforce.py

lock: $(READY)  ## pin the newest versions that pyproject.toml allows
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --upgrade \
	  --python-version 3.11 pyproject.toml -o requirements/runtime.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --upgrade \
	  --python-version 3.11 --extra demo --group test --group lint --group build pyproject.toml -o requirements/dev.txt

clean:  ## remove what make made here; the embedded Keycloak's cache stays
	rm -rf extension/target .venv dist .mypy_cache .pytest_cache .ruff_cache
