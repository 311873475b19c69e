# `make` alone lists the verbs. Each is quick the second time: what is set up stays in .venv.

BIN := .venv/bin
TESTS ?= tests
BENCHES := url_identity title_likeness collect_hub collect_feeds render personalise signing ledger hand_off smtp delivery import_people approval bounces desk
LOCAL := PATH="$(CURDIR)/$(BIN):$$PATH:/usr/sbin"

.DEFAULT_GOAL := help
.PHONY: help run serve check test peers lint bench bench-themes bench-embeddings soak format lock clean

help: ## list these verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.run var/.sample ## set up, then one whole pass over config.toml
	@$(BIN)/digest run --now

serve: .venv/.run var/.sample ## set up, then web pages, scheduler and delivery until Ctrl-C
	@$(BIN)/digest serve

check: lint ## the fast part: style, types, architecture, spelling, unit and house tests on SQLite
	@HYPOTHESIS_PROFILE=quick $(BIN)/pytest -q -n 2 -k "not postgresql" tests/unit tests/house

test: peers lint ## everything: style, types, architecture, and every test with real peers
	@$(LOCAL) $(BIN)/pytest -q -n 2 $(TESTS)

peers: .venv/.dev
	@requirements/peers

lint: .venv/.dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo >/dev/null || $(BIN)/lint-imports
	@$(BIN)/codespell

bench: .venv/.dev ## print each promised figure beside its yardstick
	@for bench in $(BENCHES); do echo "== $$bench"; $(LOCAL) $(BIN)/python "benchmarks/$$bench.py" || exit 1; done

bench-themes: .venv/.dev ## replay edited newsletters: how well the filer learns
	@$(BIN)/python benchmarks/languages.py
	@$(BIN)/python benchmarks/themes.py

bench-embeddings: .venv/.dev ## what the extra [embeddings] adds to the filer
	@$(BIN)/python benchmarks/embeddings.py

soak: .venv/.dev ## kill senders 200 times on each database and count the letters (SOAK='--kills 20')
	@$(BIN)/python benchmarks/soak.py $(SOAK)

format: .venv/.dev ## put the code into the one shape
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

lock: .venv/.dev ## resolve the dependencies anew and write the lock files
	@requirements/update --upgrade

clean: ## remove what can be made again; var/ (your data) stays
	@rm -rf .venv public dist .coverage .hypothesis .*_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +

.venv/.run: requirements/run.lock requirements/venv pyproject.toml
	@requirements/venv run
	@touch $@

.venv/.dev: requirements/dev.lock requirements/venv pyproject.toml
	@requirements/venv dev
	@touch $@

# Once only: who leaves the sample list does not come back with the next run.
var/.sample: | .venv/.run
	@$(BIN)/digest subscribers import examples/subscribers.csv
	@mkdir -p var && touch $@
