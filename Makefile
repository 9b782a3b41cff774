# The commands of the project; `make help` lists them. They need python3 (3.11 or newer) and nothing else.

CITY ?= $(or $(KOSILAB_CITY),wuppertal)
PORT ?= $(or $(KOSILAB_PORT),8000)
ARGS ?=
export KOSILAB_SHARED_DATA ?= ../shared/data
unexport PYTHONDONTWRITEBYTECODE # the tests start the project's programs often: compiled once, each start is half as long

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL := $(PIP) install --require-hashes

.DEFAULT_GOAL := help
.PHONY: help run demo test quick check lint types imports format catalogue golden vectors bench soak test-containers vendor lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  CITY=dortmund PORT=8001 make run      the other city, on another port"
	@echo "  make test ARGS='-k offer -x'          what pytest takes"

# --- use it -----------------------------------------------------------------------------------

run: .venv/installed ## a complete city on http://127.0.0.1:8000; Ctrl-C stops it
	@$(BIN)/kosilab up --city $(CITY) --port $(PORT) --samples

demo: .venv/installed ## the three stories over HTTP, printed as a table
	@$(BIN)/python -m deploy.demo --city $(CITY)

# --- change it --------------------------------------------------------------------------------

test: .venv/installed-dev ## all tests; starts a RabbitMQ and a PostgreSQL of its own (as root it installs them first)
	$(BIN)/python -m pytest -n 2 --no-loadscope-reorder $(ARGS)

quick: .venv/installed-dev ## the tests that start no process, server or browser, in two to three minutes; what a push runs
	$(BIN)/python -m pytest -n 2 -m "not apart" --few-examples $(ARGS)

check: lint types imports test ## lint, types, imports, tests

lint: .venv/installed-dev ## ruff: rules and layout
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/installed-dev ## mypy, strict
	$(BIN)/mypy

imports: .venv/installed-dev ## import-linter: what may stand on what
	@$(BIN)/lint-imports

format: .venv/installed-dev ## lay the code out, sort the imports
	$(BIN)/ruff check --select I --fix --quiet .
	$(BIN)/ruff format .

catalogue: .venv/installed ## write docs/catalogue.md and the headings of files anew
	$(BIN)/python -m deploy.catalogue

golden: .venv/installed-dev ## append what the golden lists lack: samples of new events, stored names
	$(BIN)/python -m tests.shared.events.write_samples
	$(BIN)/python -m tests.architecture.stored_names

vectors: .venv/installed-dev ## the published test vectors, read from KOSILAB_SHARED_DATA
	$(BIN)/python -m pytest tests/shared/vectors $(ARGS)

bench: .venv/installed-dev bench/.venv/installed ## measure: the table of docs/benchmarks.md
	$(BIN)/python -m bench $(ARGS)

soak: .venv/installed-dev ## 200 imports and all commands that write beside a busy city, on both stores: up to 50 minutes
	$(BIN)/python -m tests.beside.soak $(ARGS)

test-containers: .venv/installed-dev ## the contract suites against containers (as root starts an engine, makes the images)
	tests/containers/run.sh $(ARGS)

# --- maintain it ------------------------------------------------------------------------------

vendor: .venv/installed ## fetch the front-end files of the pages anew
	$(BIN)/python -m deploy.vendor

lock: .venv/installed-dev ## write the lock files anew: the newest versions that pyproject.toml allows
	.ci/lock $(ARGS)

clean: ## remove environments and caches, never data
	rm -rf .venv bench/.venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# --- the environments: made once, made again when a lock changes --------------------------------

.venv/installed: requirements.lock pyproject.toml .ci/python
	@echo "installing into .venv ..."
	@.ci/python -m venv .venv
	@$(INSTALL) -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.lock
	@echo "installing what the tests need ..."
	@$(INSTALL) -r requirements-dev.lock
	@touch $@

bench/.venv/installed: bench/requirements.txt .ci/python
	@.ci/python -m venv bench/.venv
	@bench/.venv/bin/python -m pip --disable-pip-version-check --quiet install --requirement bench/requirements.txt
	@touch $@
