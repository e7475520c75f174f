# Everything here works on a fresh machine: each target first makes what it needs.
.PHONY: run test lint test-schema setup chromium
.DEFAULT_GOAL := run

VENV := .venv
PYTHON := $(VENV)/bin/python
STAMP := $(VENV)/installed

run: setup
	@exec $(PYTHON) -m core run

test: setup chromium
	@$(PYTHON) -m pytest -m "not schema" $(ARGS)

test-schema: setup
	@$(PYTHON) -m pytest -m schema $(ARGS)

lint: setup
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@$(PYTHON) -m core migrate --check

setup: $(STAMP)

$(STAMP): requirements.txt requirements-dev.txt
	@sh .ci/setup $(VENV)
	@touch $@

chromium:
	@sh .ci/chromium
