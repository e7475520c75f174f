# Everything here works on a fresh machine: each target first makes what it needs.
.PHONY: run test mails bench reviewer fuzz screenshots lint test-schema setup chromium
.DEFAULT_GOAL := run

VENV := .venv
PYTHON := $(VENV)/bin/python
STAMP := $(VENV)/installed
# Apart, so that nothing else comes to need what we only compare with.
BENCH := .cache/venv-bench

run: setup
	@exec $(PYTHON) -m core run

test: setup chromium
	@$(PYTHON) -m pytest -m "not schema" $(ARGS)

test-schema: setup
	@$(PYTHON) -m pytest -m schema $(ARGS)

# `make mails ROUNDS=1000`: kills at random while rejections are mailed, more often than tests do.
mails: setup
	@MAIL_ROUNDS=$(or $(ROUNDS),1000) $(PYTHON) -m pytest -s tests/faults/test_mails_counted.py

# `make bench ONLY=name,name`: some of it.
bench: $(BENCH)/installed chromium
	@$(BENCH)/bin/python -m tests.bench $(if $(ONLY),--only '$(ONLY)')

# `make reviewer PHOTOS=100`: fewer than 500.
reviewer: $(BENCH)/installed chromium
	@$(BENCH)/bin/python -m tests.bench.reviewer $(if $(PHOTOS),--photos '$(PHOTOS)')

# `make fuzz SECONDS=600`: longer than a minute.
fuzz: setup
	@$(PYTHON) -m tests.fuzz --seconds $(or $(SECONDS),60)

# The pictures in docs/, taken anew of the demo shop.
screenshots: setup chromium
	@$(PYTHON) -m tests.screenshots

lint: setup
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@$(PYTHON) -m core migrate --check

setup: $(STAMP)

$(STAMP): requirements.txt requirements-dev.txt
	@sh .ci/setup $(VENV)
	@touch $@

$(BENCH)/installed: requirements.txt requirements-dev.txt requirements-bench.txt
	@sh .ci/setup $(BENCH)
	@$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements-bench.txt
	@touch $@

chromium:
	@sh .ci/chromium
