# make demo   set up, plan the worked example, say where the report is
# make test   set up, run the tests
# PYTHON=...  choose the Python to build .venv with (3.11 or newer)

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow test-browser docs bench bench-large lint types format clean
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install -qq --constraint constraints.txt --editable

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## /  make \1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r target does; do \
	    printf '%-22s%s\n' "  $$target" "$$does"; done

demo: $(VENV)/.ready ## plan the worked example into out/banes
	@$(BIN)/sufficiency plan examples/banes --out out/banes

test: $(VENV)/.ready-dev ## run the quick tests
	@$(BIN)/python -m pytest -n auto

test-slow: $(VENV)/.ready-dev ## run the slow tests
	@$(BIN)/python -m pytest -n auto -m "slow and not browser"

test-browser: $(VENV)/.ready-browser ## run the tests that open pages in Chromium, which must be installed
	@$(BIN)/python -m pytest -m browser

docs: $(VENV)/.ready-docs ## build the guide as a static site: out/guide/index.html
	@$(BIN)/python docs/generate.py
	@$(BIN)/python -m sphinx -b html -E -W --keep-going -q -c docs -d out/.guide . out/guide
	@echo "The guide is out/guide/index.html"

bench: $(VENV)/.ready-bench ## measure against what one would use instead: some ten minutes on a quiet machine
	@$(BIN)/python -m benchmarks.suite

bench-large: $(VENV)/.ready-bench ## the same for a region and the country: up to an hour, 8 GB
	@$(BIN)/python -m benchmarks.suite --large

lint: $(VENV)/.ready-dev ## check format and style
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check

types: $(VENV)/.ready-dev ## check types
	@$(BIN)/mypy

format: $(VENV)/.ready-dev ## put the code in its format
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

clean: ## remove the virtual environment, caches and results
	rm -rf $(VENV) out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Each stamp is younger than the files that say what to install, so nothing is installed twice.
$(VENV)/.ready: pyproject.toml constraints.txt | $(VENV)/.made
	@echo "Installing sufficiency into $(VENV): some minutes the first time, and it needs the internet."
	@$(INSTALL) .
	@touch $@

$(VENV)/.ready-dev: pyproject.toml constraints.txt | $(VENV)/.made
	@echo "Installing sufficiency and its tests' tools into $(VENV): some minutes the first time."
	@$(INSTALL) '.[dev]'
	@touch $@ $(VENV)/.ready

$(VENV)/.ready-bench: $(VENV)/.ready
	@$(INSTALL) '.[bench]'
	@touch $@

$(VENV)/.ready-docs: $(VENV)/.ready
	@$(INSTALL) '.[docs]'
	@touch $@

$(VENV)/.ready-browser: $(VENV)/.ready-dev
	@$(INSTALL) '.[dev,browser,docs]'
	@touch $@

# The environment that is there, or one from the first Python that is new enough and can make it.
$(VENV)/.made:
	@new='import sys, pip; sys.exit(sys.version_info < (3, 11))'; \
	if [ -e $(VENV) ]; then \
	    if $(BIN)/python -c "$$new" 2>/dev/null; then touch $@; exit 0; fi; \
	    echo "$(VENV) is there but is no working environment of Python 3.11 or newer: remove it, then run make again." >&2; \
	    exit 1; \
	fi; \
	seen=; for python in $(or $(PYTHON),python3.13 python3.12 python3.11 python3); do \
	    "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    seen=$$python; \
	    if "$$python" -m venv $(VENV) >/dev/null 2>&1 && $(BIN)/python -c "$$new" 2>/dev/null; then \
	        touch $@; \
	        echo "Made $(VENV) with $$($(BIN)/python --version)."; \
	        exit 0; \
	    fi; \
	    rm -rf $(VENV); \
	done; \
	if [ -n "$$seen" ]; then \
	    echo "$$seen cannot make a virtual environment: its venv module is missing or broken." >&2; \
	    echo "On Debian or Ubuntu: sudo apt install $${seen##*/}-venv    then run make again." >&2; \
	    echo "Or name another Python: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; \
	else \
	    echo "sufficiency needs Python 3.11 or newer, and none was found$(if $(PYTHON), as $(PYTHON))." >&2; \
	    echo "Here is $$(python3 --version 2>/dev/null || echo 'no python3'). Install a newer one, or name it:" >&2; \
	    echo "    make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; \
	fi; \
	exit 1
