# Two commands do everything: `make demo` and `make test`. The rest is for people who work on the code.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
# Debian's and Ubuntu's own Python is built with profile-guided optimisation; one built by hand (pyenv) takes half as long
# again for everything. Another: make PYTHON=/path/to/python3.13 …
PYTHON ?= $(firstword $(wildcard /usr/bin/python3.1[1-9]) python3)
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Most of what libraries bring is never imported; what is, is compiled then.
PIP := $(BIN)/pip install -q --no-compile
export DECROCHE_DATA_DIR ?= $(CURDIR)/var
# Whoever starts a process a story would otherwise compile the code anew for each.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-fast front asterisk tools lint types check bench bench-agenda bench-calls chaos-agenda chaos-calls screenshots messages lock clean

demo: .venv/.ready front ## Prepare everything, run the demo world, print the address and the sign-ins
	@exec $(BIN)/decroche demo

test: .venv/.ready-dev ## Set up what tests need and pass them
	@$(BIN)/python scripts/run_tests.py

test-fast: .venv/.ready-dev front ## Only what needs neither Asterisk nor Chromium
	@$(BIN)/python scripts/run_tests.py Databases Rooms House

front: .venv/.ready ## Build scripts, styles and English catalogues
	@$(BIN)/python scripts/front.py

asterisk: .venv/.ready ## Put the private copy of Asterisk in place
	@$(BIN)/python -m decroche.calls.adapters.asterisk.install $(DECROCHE_DATA_DIR)/asterisk

tools: asterisk ## Put in place what tests need beyond Python
	@bash scripts/test_tools.sh

check: .venv/.ready-dev lint types ## Everything that reads the code without running it

lint: .venv/.ready-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@git ls-files -z 'src/**/*.html' | xargs -0 $(BIN)/djade --check --target-version 5.2

types: .venv/.ready-dev
	@$(BIN)/mypy
	@$(BIN)/python scripts/front.py typecheck

bench: .venv/.ready-dev front asterisk ## Print the figures
	@$(BIN)/python -m bench

bench-agenda: .venv/.ready-dev .venv-bench/.ready front ## Print the agenda's figures at 0.1 and 1 million appointments (BIG=1: 5 million too)
	@$(BIN)/python -m bench.agenda --appointments 100000 1000000 $(if $(BIG),5000000)

bench-calls: .venv/.ready-dev front asterisk ## Print the calls' figures beside app_queue's (ONLY="latency saturated panel soak decide")
	@$(BIN)/python -m bench.calls $(if $(ONLY),--only $(ONLY))

chaos-agenda: .venv/.ready-dev front ## Kill servers and PostgreSQL during 10,000 bookings; print the ledger
	@$(BIN)/python scripts/chaos_agenda.py

chaos-calls: .venv/.ready-dev tools ## Pull every plug during live calls on a real Asterisk; print the ledgers
	@$(BIN)/python scripts/chaos_calls.py

screenshots: .venv/.ready-dev front tools ## Make docs/tour's pictures again from the demo world
	@$(BIN)/python scripts/screenshots.py

messages: .venv/.ready-dev ## Gather French sentences into the English catalogues
	@$(BIN)/python manage.py messages

lock: .venv/.ready-dev ## Lock the versions again
	@$(BIN)/python scripts/lock.py

clean: ## Forget what was built; the data in var/ stays
	rm -rf .venv node_modules src/decroche/ui/static/ui/dist

.venv/bin/python:
	@echo "== Python environment"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Décroche needs Python 3.11 or newer: make PYTHON=/path/to/python3.12 …"; exit 1; }
	@PYTHON=$(PYTHON) bash scripts/make_venv.sh

.venv-bench/.ready: requirements/bench.lock | .venv/bin/python
	@echo "== The peer that the agenda is compared with (locked)"
	@$(BIN)/python -m venv .venv-bench && .venv-bench/bin/pip install -q --require-hashes -r requirements/bench.lock
	@touch $@

.venv/.ready: requirements/base.lock pyproject.toml | .venv/bin/python
	@echo "== Python libraries (locked)"
	@[ -e .venv/.ready-dev ] || $(PIP) --require-hashes -r requirements/base.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

# What tests need holds what the program needs: one errand for both.
.venv/.ready-dev: requirements/dev.lock pyproject.toml | .venv/bin/python
	@echo "== Python libraries, those for tests too (locked)"
	@$(PIP) --require-hashes -r requirements/dev.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch .venv/.ready $@
