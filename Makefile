# COME: the two commands to know are `make demo` and `make test`. Each builds what it needs; `make help` lists the rest.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
# Two workers for the checks: the smallest machine that we promise to run on.
JOBS ?= 2

# The tests have a home of their own: a demonstration already played changes nothing for them.
PYTEST = COME_HOME="$${COME_HOME:-$(CURDIR)/var/test}" $(BIN)/pytest -n $(JOBS) --dist loadgroup

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test check lint types contract quick fuzz bench screenshots messages lock format clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Build the environment with the tools of the checks (idempotent)
	@$(PYTHON) tools/setup.py --dev

demo: ## Play the whole road on a fictional operator, then serve it (ARGS=--no-serve ends after the journey)
	@$(PYTHON) tools/setup.py
	@$(BIN)/come demo $(ARGS)

serve: ## Serve the web application and its worker on loopback
	@$(PYTHON) tools/setup.py
	@$(BIN)/come serve $(ARGS)

check: setup lint types contract quick ## Lint, types, import contract and the quick tests, in under two minutes

test: ## Everything: lint, types, contract, all tests, browser included
	@$(PYTHON) tools/setup.py --dev --browser
	@$(MAKE) --no-print-directory lint types contract
	@$(PYTEST) $(ARGS)

lint:
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "Some files are not formatted: run make format"; exit 1; }

types:
	@$(BIN)/mypy

contract:
	@$(BIN)/lint-imports --no-logo

quick:
	@COME_TEST_PROFILE=$${COME_TEST_PROFILE:-quick} $(PYTEST) -m "not slow and not browser" $(ARGS)

fuzz: ## Look for counter-examples: the property tests with many more examples, others each time
	@COME_TEST_PROFILE=fuzz $(PYTEST) -m "not slow and not browser" -k "$$(grep -rlE '^@(hypothesis\.)?given' tests --include='*.py' | xargs -n1 basename | paste -sd ' ' | sed 's/\.py//g; s/ / or /g')" $(ARGS)

bench: ## Measure the road (ARGS=--json for the figures alone)
	@$(PYTHON) tools/setup.py
	@$(BIN)/come bench road $(ARGS)

screenshots: ## Take the pictures of docs/ in a real browser, on the demo's data
	@$(PYTHON) tools/setup.py --dev --browser
	@$(BIN)/python tools/screenshots.py $(ARGS)

messages: setup ## Write the sentences of the sources into the English catalogues, compile them, list what is not translated
	@$(BIN)/python tools/messages.py extract
	@$(BIN)/python tools/messages.py compile
	@$(BIN)/python tools/messages.py check

format: setup ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix-only --quiet .

lock: ## Resolve the lock files again from requirements.in, dev.in and package.json
	@test -x $(BIN)/uv || $(PYTHON) tools/setup.py
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header -o requirements.lock requirements.in
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header -o dev.lock dev.in
	@grep '^uv==' requirements.in | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o tools/bootstrap.lock -
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o tools/node.lock tools/node.in
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o tools/tryton.lock tools/tryton.in
	@npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund --loglevel=error

clean: ## Remove what a set-up makes (the demo's data in var/ stays; `come demo reset` removes that)
	@rm -rf .venv node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache src/*.egg-info
