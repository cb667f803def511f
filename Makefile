# Two commands do everything on a fresh machine with Python 3.11+ and make:
#   make run     sets itself up, then serves web chat and coach desk on localhost
#   make test    sets itself up, then the whole suite
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DATA   ?= var

.PHONY: run test test-long soak bench bench-long lint types screenshots documents chat check clean constraints

run: $(VENV)/.ready
	@LOKET_DATA=$(DATA) $(BIN)/loket serve --demo

chat: $(VENV)/.ready
	@$(BIN)/loket chat

check: $(VENV)/.ready
	@$(BIN)/loket check

test: $(VENV)/.ready-dev lint types
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not long"

test-long: $(VENV)/.ready-dev
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

soak: $(VENV)/.ready-dev
	$(BIN)/pytest tests/chaos/test_soak.py -q -s

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check bot flows knowledge storage tests

types: $(VENV)/.ready-dev
	$(BIN)/mypy

bench: $(VENV)/.ready-dev
	$(BIN)/python -m tests.bench $(ARGS)

bench-long: $(VENV)/.ready-dev
	BENCH_LONG=1 BENCH_WEB_SECONDS=60 $(BIN)/python -m tests.bench $(ARGS)

documents: $(VENV)/.ready-dev
	$(BIN)/python -m bot.documents docs

screenshots: $(VENV)/.ready-dev
	$(BIN)/python -m tests.web.screenshots

constraints: $(VENV)/.ready-dev
	$(BIN)/pip freeze --exclude-editable | grep -v '@' > constraints.txt

# Each step that can fail on a bare machine says in one sentence what helps, and leaves nothing half made behind.
PIP     = $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt
OFFLINE = { echo "The packages could not be fetched. Is there a network? Behind a proxy, set HTTPS_PROXY; then run make again."; exit 2; }

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 2; }
	@echo "Setting up in $(VENV): once, about a minute."
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python has no venv here: install it (Debian, Ubuntu: apt install python3-venv), then run make again."; exit 2; }

$(VENV)/.ready: $(VENV)/bin/pip pyproject.toml constraints.txt
	@$(PIP) --editable . || $(OFFLINE)
	@touch $@

$(VENV)/.ready-dev: $(VENV)/bin/pip pyproject.toml constraints.txt
	@$(PIP) --editable '.[dev]' || $(OFFLINE)
	@touch $@ $(VENV)/.ready

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache
