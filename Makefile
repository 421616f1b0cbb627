# Tabard's two commands for a fresh machine are `make demo` and `make test`; each does its own set-up.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup setup-tests demo test test-postgresql check soak bench mutations lock clean

help:  ## what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/'

setup:  ## .venv with the tabard command and the pages' browser parts
	@$(PYTHON) scripts/setup.py

setup-tests:
	@$(PYTHON) scripts/setup.py --tests

demo: setup  ## a store and two pretend hospitals; products judged once, installed at both
	@$(BIN)/tabard demo

check: setup-tests  ## lint, types and floors
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --no-incremental
	$(BIN)/lint-imports --no-cache

test: check  ## the whole suite, browser stories included
	$(BIN)/pytest -n 3 --dist loadfile

test-postgresql: setup-tests  ## the tests of the guarded door once more, with every hospital's record on PostgreSQL
	TABARD_RECORD=postgresql $(BIN)/pytest -n 3 --dist loadfile tests/conformance tests/edge/gateway tests/unit/gateway

soak: setup-tests  ## the long figures: a million messages, 1,000 kills, 100 power cuts, verdicts twice on each side
	TABARD_KILLS=200 TABARD_POWER_CUTS=20 $(BIN)/pytest tests/edge/intake -s
	TABARD_OUT_KILLS=200 $(BIN)/pytest tests/edge/out/test_kills.py -s
	TABARD_MESSAGES=1000000 TABARD_PATIENTS=20000 TABARD_KILLS=1000 TABARD_POWER_CUTS=100 $(BIN)/pytest tests/edge/link/test_census.py -s
	TABARD_SAME=whole $(BIN)/pytest tests/edge/accreditation/test_same_everywhere.py -s

bench: setup-tests  ## every benchmark, one after the other
	@for bench in bench/*.py; do echo "== $$bench"; $(BIN)/python $$bench || exit 1; done

mutations: setup-tests  ## each enforcing check switched off in turn: a test must notice
	$(BIN)/python scripts/mutations.py

lock: setup  ## the locks anew, after a change of dependencies
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python scripts/lock.py

clean:  ## everything that set-up and tests made
	rm -rf .venv .checkers .tools node_modules tests/conformance/*/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf src/tabard/accreditation/vendor src/tabard/web/design/assets/vendor products/*/vendor
