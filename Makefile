# The same commands for people and CI. Each does all of its own set-up, and nothing that is done already.
.DEFAULT_GOAL := help
.PHONY: help setup browser demo test test-slow coverage picture states ways test-versions test-containers test-wheel docs reference schemas sentences completions pictures lint format bench lock audit dist extension test-java format-java maven image clean clean-cache

PYTHON ?= python3
VERSIONS ?= 26.4.7 26.5.6 26.7.3 26.7.5
BIN := .venv/bin
READY := .venv/ready
DEMO := .venv/demo
DOCS := .venv-docs
# A virtual environment that is there and new enough stays; one that an older Python made is made again.
VENV = $(BIN)/python -c '$(NEW_ENOUGH)' 2>/dev/null || { $(HAVE_PYTHON) && $(PYTHON) -m venv --clear .venv; }
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
HAVE_PYTHON = { $(PYTHON) -c '$(NEW_ENOUGH)' 2>/dev/null || { \
  echo "keycloak-2fa needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo not there)." >&2; \
  echo "Name another one: make $(or $(MAKECMDGOALS),setup) PYTHON=python3.12" >&2; exit 1; }; }
HAVE_MAVEN = { command -v mvn && command -v javac; } >/dev/null
PIP_INSTALL = $(BIN)/python -m pip install --disable-pip-version-check --require-hashes
CACHE = $(or $(KC2FA_CACHE),$(if $(filter Darwin,$(shell uname)),$(HOME)/Library/Caches,$(or $(XDG_CACHE_HOME),$(HOME)/.cache))/keycloak-2fa)
DIST := dist
WHEEL := .venv-wheel
PURELIB := import sysconfig; print(sysconfig.get_path("purelib"))
JAR := extension/target/keycloak-2fa-extension.jar
MVN = mvn -q -B -f extension/pom.xml -Dproject.build.outputTimestamp=$(SOURCE_DATE_EPOCH)
comma := ,
COPIES := deploy/keycloak/providers/$(notdir $(JAR)) provisioning/keycloak_2fa/$(notdir $(JAR))
# The time in everything that is built: the last commit's.
dist extension test-java format-java maven: export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 1700000000)

help:  ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 18

setup: $(READY)  ## a virtual environment with everything that is pinned in requirements/

$(READY): pyproject.toml requirements/dev.txt
	@$(VENV)
	@echo "Installing what the tests, the linters and the builds need into .venv: about 700 MB on the disk."
	@$(PIP_INSTALL) --requirement requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Only what runs, and a Java; from the sources as they are, so that nothing is built.
$(DEMO): requirements/demo.txt
	@$(VENV)
	@echo "Installing what the demo needs into .venv: about 330 MB on the disk, once."
	@$(PIP_INSTALL) --requirement requirements/demo.txt
	@touch $@

browser: $(READY)  ## a browser for the end user's tests, where none is installed
	@$(BIN)/python tests/browser/install.py

demo: $(DEMO)  ## the whole job on an embedded Keycloak
	@! $(HAVE_MAVEN) || { echo "Building the extension where its sources changed"; $(MAKE) -s extension >/dev/null 2>&1; } || \
	  echo "The extension cannot be built here: make extension says why." >&2
	@PYTHONPATH=provisioning:cli $(BIN)/python -m keycloak_2fa_cli demo --pictures demo-pictures

# A file, or a folder with a server of its own, stays on one worker: tests/conftest.py.
PARALLEL = --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

test: $(READY) browser  ## the tests, against a real Keycloak
	$(BIN)/python -m pytest $(PARALLEL) $(TESTS)

test-slow: $(READY) browser  ## the slow tests: every way past 2FA, every state, several versions and databases
	$(BIN)/python -m pytest -m slow $(PARALLEL) $(TESTS)

coverage: $(READY) browser  ## make test, and then which branches of the code it took
	$(BIN)/python -m pytest --cov --cov-report= $(PARALLEL) $(TESTS)
	-@$(BIN)/coverage combine --quiet --append  # of the processes that ended after pytest
	@$(BIN)/coverage report

ways: $(READY)  ## docs/ways.md from what tests/attacks see: every way past 2FA, walked on real servers
	$(BIN)/python -m pytest -m "" --write-ways tests/attacks/test_ways.py

test-containers: $(READY)  ## the core of the tests against Keycloak in a container, beside PostgreSQL; needs Docker
	$(BIN)/python -m pytest --keycloak container -m core --timeout 600 $(TESTS)

docs: $(DOCS)  ## the documentation as a site in site/; fails where a link leads nowhere
	NO_MKDOCS_2_WARNING=1 $(DOCS)/bin/mkdocs build --strict --quiet

# An environment of its own: the tests need none of it, and it brings another Click.
$(DOCS): requirements/docs.txt
	@$(HAVE_PYTHON) && $(PYTHON) -m venv --clear $@
	@$@/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

reference: $(READY)  ## docs/commands.md and the man pages, from the command itself
	$(BIN)/python release/reference.py docs

completions: $(READY)  ## completions/ for bash, zsh and fish, from the command itself
	for shell in bash zsh fish; do _KC2FA_COMPLETE=source_$$shell $(BIN)/kc2fa > completions/kc2fa.$$shell || exit; done

pictures: $(READY) browser extension  ## docs/pictures, from a real run: a session at the terminal, and the pages
	$(BIN)/python release/pictures.py

# The wheel stands first, then what the tests need; the checkout's own packages are on no path.
test-wheel: $(READY)  ## the integration tests on the wheel as it is installed, not on the checkout
	rm -rf $(WHEEL) && $(BIN)/python -m venv --without-pip $(WHEEL)
	$(BIN)/hatchling build --target wheel --directory $(WHEEL)/dist
	$(BIN)/uv pip install --quiet --python $(WHEEL)/bin/python --no-deps $(WHEEL)/dist/*.whl
	$(BIN)/python -c '$(PURELIB)' > $$($(WHEEL)/bin/python -c '$(PURELIB)')/tools.pth
	$(WHEEL)/bin/python -m pytest --installed $(PARALLEL) $(WITH) $(or $(TESTS),tests/integration)

test-versions: $(READY) browser  ## the core of the tests on the oldest and the newest Keycloak supported, and between
	for version in $(VERSIONS); do \
	  $(BIN)/python -m pytest -m "core or loopback" --keycloak-version $$version $(TESTS) || exit; \
	done

states: $(READY)  ## write docs/states.md from what tests/states sees
	KC2FA_WRITE_STATES=1 $(BIN)/python -m pytest -m "" tests/states

schemas: $(READY)  ## write docs/schemas and the tables of docs/json.md from keycloak_2fa/documents
	$(BIN)/python release/schemas.py

sentences: $(READY)  ## write tests/sentences.txt, every sentence that the program says, from its source
	$(BIN)/python release/sentences.py

picture: $(READY) browser  ## docs/security-page.png, the Security page as it is now
	KC2FA_WRITE_PICTURE=1 $(BIN)/python -m pytest tests/extension/page/test_picture.py

lint: $(READY)  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/zizmor --offline --quiet .github

format: $(READY)  ## put the style right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)  ## how fast enforcing is, beside the bare clients; takes some minutes
	$(BIN)/python bench/enforce.py

lock: $(READY)  ## pin the newest versions that pyproject.toml allows
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --upgrade \
	  --python-version 3.11 pyproject.toml -o requirements/runtime.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --upgrade \
	  --python-version 3.11 --constraint requirements/runtime.txt --extra demo pyproject.toml -o requirements/demo.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --upgrade \
	  --python-version 3.11 --extra demo --group test --group lint --group build --group release pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --upgrade \
	  --python-version 3.11 --group docs -o requirements/docs.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --upgrade \
	  --python-version 3.11 --group ansible -o requirements/ansible.txt

audit: $(READY)  ## known holes in what requirements/runtime.txt pins, where a database of them can be reached
	@$(BIN)/python release/audit.py

dist: $(READY)  ## sdist, wheel, bill of materials and lock file; the same bytes from the same sources
	rm -rf $(DIST) $(JAR)
	$(MAKE) extension
	$(BIN)/hatchling build --directory $(DIST) --target sdist --target wheel
	$(BIN)/python release/sbom.py > $(DIST)/keycloak-2fa.cdx.json
	cp requirements/runtime.txt $(DIST)/requirements.txt
	cp $(JAR) $(DIST)/
	cd $(DIST) && sha256sum * > SHA256SUMS

extension: $(COPIES)  ## the jar for Keycloak, also for docker compose and in the package; needs Maven and a Java Development Kit, 17 or newer

$(JAR): extension/pom.xml $(shell find extension/src/main -type f)
	@command -v mvn >/dev/null || { echo "make extension needs Maven (the command mvn)." >&2; exit 1; }
	@mvn -version 2>/dev/null | grep -q 'Java version: \(1[7-9]\|[2-9][0-9]\)' || \
	  { echo "make extension needs a Java Development Kit, 17 or newer: install one, or set JAVA_HOME to it." >&2; exit 1; }
	@# The jar keeps the modes of what goes into it: the same ones in every checkout.
	@chmod -R u=rwX,go=rX extension/src/main/resources
	umask 022; $(MVN) -Dmaven.test.skip=true clean package

$(COPIES): $(JAR)
	cp $< $@

test-java:  ## the extension's own tests, its formatting and its dependencies; needs what make extension needs
	@chmod -R u=rwX,go=rX extension/src/main/resources
	umask 022; $(MVN) clean verify

format-java:  ## put the style of the extension's sources right
	$(MVN) spotless:apply

# What Maven Central asks for, below extension/target/maven: jar, sources, javadoc, POM, and their signatures with SIGN=1.
maven:  ## the extension as a Maven repository takes it; published by nobody here
	umask 022; $(MVN) -Dmaven.test.skip=true -Prelease$(if $(SIGN),$(comma)sign) \
	  -DaltDeploymentRepository=local::file:target/maven clean deploy

image:  ## the container image of kc2fa
	docker build -t kc2fa:$$(sed -n 's/^__version__ = "\(.*\)"/\1/p' provisioning/keycloak_2fa/__init__.py) .

clean-cache:  ## remove the Keycloaks that make demo and make test keep for next time; those that run go on
	@if [ -d "$(CACHE)" ]; then cd "$(CACHE)" && echo "Removing $$(du -sh . | cut -f1) from $(CACHE)" && \
	  rm -rf keycloak-*.zip keycloak-*.zip.sha256 template-* *.jar *.jar.sha256; \
	else echo "There is nothing at $(CACHE)."; fi

clean:  ## remove what make made here; what make clean-cache removes stays
	rm -rf extension/target .venv $(WHEEL) $(DOCS) site dist demo-pictures .mypy_cache .pytest_cache .ruff_cache
