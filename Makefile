# Two commands do everything on a fresh machine with Python 3.11+ and make:
#   make run     sets itself up, then serves web chat and coach desk on localhost
#   make test    sets itself up, then the whole suite
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DATA   ?= var

.PHONY: run test test-long soak bench bench-long lint types screenshots documents chat check clean constraints

run: $(VENV)/.ready
	@mkdir -p $(DATA)
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

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.ready

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache
