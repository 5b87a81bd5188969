PYTHON ?= python3
ARGS ?=
UV := uv==0.13.9
PIP := .venv/bin/python -m pip --disable-pip-version-check

.DELETE_ON_ERROR:
.PHONY: help setup demo test test-kafka test-provider faults faults-long up-kafka check contracts bench bench-kafka mutants lock clean

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

setup: .venv/.installed ## install the command line as .venv/bin/staffetta

demo: .venv/.installed ## run the main job: a network in one process, from contact to statistics
	.venv/bin/staffetta demo $(ARGS)

test: .venv/.installed ## run the tests (some of them: make test ARGS="-k consent")
	.venv/bin/python -m pytest $(ARGS)

test-kafka: .venv/.installed ## run the tests that need a broker; Java 17 and Maven bring one
	.venv/bin/python -m pytest -m broker tests/at_scale $(ARGS)

test-provider: .venv/.installed ## run what needs an OpenID provider with a real Keycloak; likewise
	.venv/bin/python -m pytest -m provider tests/access $(ARGS)

faults: .venv/.installed ## inflict each fault on Kafka, PostgreSQL and the services, once
	.venv/bin/python -m pytest -m broker tests/faults $(ARGS)

faults-long: .venv/.installed ## the same many times: fifty kills at random moments, and so on
	STAFFETTA_FAULTS=long .venv/bin/python -m pytest -m broker tests/faults $(ARGS)

up-kafka: .venv/.installed ## bring up Kafka, PostgreSQL and the services as processes, until Ctrl-C
	.venv/bin/staffetta up $(ARGS)

check: .venv/.installed ## lint, formatting, types, who may import whom, and the schemas
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
	.venv/bin/python -m staffetta.contracts check

contracts: .venv/.installed ## write the schemas of the public events again, for readers elsewhere
	.venv/bin/python -m staffetta.contracts write

bench: .venv/.installed ## measure
	.venv/bin/python -m tests.benchmarks $(ARGS)

bench-kafka: .venv/.installed ## measure over Kafka and PostgreSQL, up to a million events
	.venv/bin/python -m tests.benchmarks.at_scale $(ARGS)

mutants: .venv/.installed ## break the rules one at a time, and see that a test notices
	.venv/bin/python -m tests.mutants $(ARGS)

# Pins stay as they are where they still fit; `make lock ARGS=--upgrade` moves them all.
lock: ## resolve pyproject.toml into requirements.lock again
	@throwaway=$$(mktemp -d) && trap 'rm -rf "$$throwaway"' EXIT && \
	$(PYTHON) -m venv "$$throwaway" && \
	"$$throwaway/bin/pip" install --quiet --disable-pip-version-check '$(UV)' && \
	"$$throwaway/bin/uv" pip compile pyproject.toml --group build --group dev \
	    --universal --python-version 3.11 --only-binary :all: --generate-hashes \
	    --custom-compile-command 'make lock' --quiet --output-file requirements.lock $(ARGS) && \
	"$$throwaway/bin/uv" pip compile pyproject.toml --constraint requirements.lock --group build \
	    --universal --python-version 3.11 --only-binary :all: --generate-hashes --no-annotate \
	    --custom-compile-command 'make lock' --quiet --output-file deploy/requirements.lock

clean: ## remove what make and the tools made; var/ holds data and stays
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache \
	    .import_linter_cache .hypothesis .coverage mutants
	find services shared staffetta tests -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.installed: .venv/.locked pyproject.toml
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@$(PIP) check
	@touch $@

# The stamp is a copy of the lock: a lock that was only touched costs nothing, and a changed or
# interrupted environment is made anew, so that it never holds more than the lock names.
.venv/.locked: requirements.lock
	@if cmp -s requirements.lock $@; then touch $@; exit 0; fi; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	    "This is Python " + sys.version.split()[0] + ".")' || { \
	    echo 'Staffetta needs Python 3.11 or later, and "$(PYTHON)" is not that.' \
	        'Name one that is: make setup PYTHON=python3.12' >&2; exit 1; }; \
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo '"$(PYTHON)" cannot make a virtual environment: its venv or pip part is missing.' >&2; \
	    echo 'Debian and Ubuntu keep it in a package: apt-get install python3-venv' >&2; exit 1; }; \
	echo 'Installing what requirements.lock names into .venv: about a minute, once.'; \
	$(PYTHON) -m venv --clear .venv && \
	$(PIP) install --quiet --require-hashes --only-binary :all: -r requirements.lock && \
	cp requirements.lock $@
