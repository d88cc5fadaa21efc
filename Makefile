# Everything that is done to this project. `make help` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
STACK := $(PYTHON) infra/local/stack.py
LOCAL := target/local
BINARIES := --release --locked -p trailsearch-lambda -p trailsearch-cli -p trailsearch-testkit

# Records and notifications from elsewhere, for the checks that can use them; they are skipped where the folder is absent.
SAMPLES ?= $(realpath ../shared)

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: up ## The main job, end to end, on a local stack: put objects, search events
	$(LOCAL)/venv/bin/python infra/local/demo.py

# What tests take is an architecture less where its standard library cannot be fetched. x86_64 is built by `make up` as well.
test: PACKAGE := --available --only arm64
soak: PACKAGE := --available
.PHONY: test
test: check fuzz up package ## Every check and every test, real servers included
	$(PYTHON) infra/check.py
	. $(LOCAL)/env && $(PYTHON) mappings/check_server.py && $(PYTHON) mappings/check_dashboards.py && $(PYTHON) mappings/check_monitors.py && LOCAL_STACK_REQUIRED=1 $(if $(SAMPLES),NOTIFICATION_SAMPLES=$(SAMPLES)/notifications CORPUS_SAMPLES=$(SAMPLES)/corpus) tests/run

.PHONY: check
check: ## Format, lints, rendered files, which crate may depend on which, and on what
	cargo fmt --all --check
	cargo fmt --manifest-path tests/fuzz/Cargo.toml --check
	cargo clippy --workspace --all-targets --locked --quiet -- -D warnings
	cargo run --locked --quiet -p trailsearch-schema --bin render -- check
	$(PYTHON) docs/sizing.py check
	tests/layers
	tests/deny

.PHONY: fuzz
fuzz: ## Ten seconds of each fuzz target
	tests/fuzz/run

.PHONY: soak
soak: up package ## What takes long, about three hours: every long form, a cluster that loses nodes, teams and clusters of an organization, twenty minutes of each fuzz target (FUZZ_SECONDS)
	. $(LOCAL)/env && SOAK=1 API_SAMPLE=all LOCAL_STACK_REQUIRED=1 tests/run
	SOAK=1 $(LOCAL)/venv/bin/python -m unittest discover -s tests/cluster
	SOAK=1 $(LOCAL)/venv/bin/python -m unittest discover -s tests/organization
	FUZZ_SECONDS=$${FUZZ_SECONDS:-1200} tests/fuzz/run

.PHONY: build
build: ## The release binaries: target/release/bootstrap and target/release/trailsearch
	cargo build $(BINARIES)

.PHONY: infra
infra: up ## Everything below infra/: its checks, and what they make of an AWS emulator (SOAK=1: every combination of choices)
	$(PYTHON) infra/check.py
	. $(LOCAL)/env && tests/infra/run

.PHONY: deploy
deploy: ## Deploy into the AWS account of the current credentials, guided; ARGUMENTS="--help" tells how (docs/deploy.md)
	$(PYTHON) infra/deploy.py $(ARGUMENTS)

.PHONY: package
package: ## The function for both architectures: target/package, with checksums and a list of crates
	$(PYTHON) infra/package/package.py $(PACKAGE)

.PHONY: up
up: build ## Start the local stack on 127.0.0.1; its addresses are in target/local/env
	$(STACK) up
	. $(LOCAL)/env && target/release/trailsearch setup

.PHONY: down
down: ## Stop what `make up` started
	$(STACK) down

.PHONY: render
render: ## Write what is rendered from mappings/, from the settings and from the sizes
	cargo run --quiet -p trailsearch-schema --bin render -- write
	$(PYTHON) docs/sizing.py write
	UPDATE_DOCS=1 cargo test --quiet -p trailsearch-ingest --lib -- settings metrics

.PHONY: bench
bench: ## The pure path against its limit, in one run; writes target/bench.json
	cargo bench --locked --quiet -p trailsearch-core --bench path

.PHONY: bench-files
bench-files: ## `who` on one instance among a million events in files, without a cluster
	tests/bench_files

.PHONY: clean
clean: down ## Stop the stack and remove everything that was built
	cargo clean
