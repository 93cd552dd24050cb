# Shandai. `make help` lists what can be done. PORT, SANDBOX_PORT, DATA_DIR: see README.
SHELL := /bin/bash
.DEFAULT_GOAL := help
$(foreach name,PORT SANDBOX_PORT DATA_DIR HOST,$(if $($(name)),$(eval export $(name))))

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME_STAMP := $(VENV)/.runtime
DEVELOPMENT_STAMP := $(VENV)/.development
BENCH_STAMP := $(VENV)/.bench

.PHONY: run stop clean test lint bench screenshots help

run: $(RUNTIME_STAMP)  ## start everything; one Ctrl-C stops it
	@exec $(BIN)/python -m deploy.run

stop:  ## stop the copy of DATA_DIR
	@if [ -x $(BIN)/python ]; then exec $(BIN)/python -m deploy.stop; fi

clean:  ## stop, and delete DATA_DIR and .venv
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m deploy.stop --clean; fi
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

test: $(DEVELOPMENT_STAMP)  ## everything: lint, types, contracts, migrations, tests, browser
	@exec deploy/test.sh

lint: $(DEVELOPMENT_STAMP)  ## style, types and import contracts only
	@exec deploy/test.sh --lint

bench: $(BENCH_STAMP)  ## measure DESIGN's numbers on this machine (SMALL=1: three minutes)
	@exec $(BIN)/python -m bench $(if $(SMALL),--small,)

screenshots: $(DEVELOPMENT_STAMP)  ## walk the journeys in Chromium, write the pictures of docs/
	@exec $(BIN)/python -m pytest -q -m screenshots tests/journeys

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

# Installed once per content of the pinned list: a changed list is installed again.
$(RUNTIME_STAMP): requirements.txt deploy/install.sh
	@deploy/install.sh $(PYTHON) $(VENV) requirements.txt $@

$(DEVELOPMENT_STAMP): requirements/development.txt $(RUNTIME_STAMP)
	@deploy/install.sh $(PYTHON) $(VENV) requirements/development.txt $@

$(BENCH_STAMP): requirements/bench.txt $(DEVELOPMENT_STAMP)
	@deploy/install.sh $(PYTHON) $(VENV) requirements/bench.txt $@
