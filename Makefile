# Footbridge. `make help` lists what there is; `make demo` is where to start.

PYTHON ?= python3
ARGS ?=
TESTS ?= tests

VENV := .venv
BIN := $(VENV)/bin
LOCKS := infra/requirements
SOURCES := infra/footbridge tenants/footbridge services/footbridge graphql/footbridge
UV := $(BIN)/uv pip
AUDITS := tests/gateway/graphql_http
NODE_MODULES := $(AUDITS)/node_modules/installed.stamp
BENCHMARKS := tests/benchmarks
PEERS := $(BENCHMARKS)/node_modules/installed.stamp

# One environment serves all: the development lock is the demo lock and more, at the same versions. Once it is
# the development one, `make demo` keeps it so.
DEV := $(VENV)/dev.stamp
DEMO := $(if $(wildcard $(DEV)),$(DEV),$(VENV)/demo.stamp)

# Without a home that can be written, pip and uv keep their caches here.
CACHE := $(or $(XDG_CACHE_HOME),$(if $(HOME),$(HOME)/.cache))
WRITABLE = for folder in "$(CACHE)/uv" "$(CACHE)" "$(HOME)"; do \
	if [ -e "$$folder" ]; then [ -w "$$folder" ] && echo yes; exit; fi; done
ifneq ($(if $(CACHE),$(shell $(WRITABLE))),yes)
export XDG_CACHE_HOME := $(CURDIR)/build/cache
endif
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV_PYTHON_DOWNLOADS := never
# As pip does: what the machine trusts, a company's own authority too.
export UV_SYSTEM_CERTS := 1
export NODE_USE_SYSTEM_CA := 1
# Compiled once here: a start would do it anew each time where the machine says PYTHONDONTWRITEBYTECODE.
export UV_COMPILE_BYTECODE := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-realdata prove bench bench-peers lint types layers contract setup lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  TESTS=tests/measures narrows make test to a folder or file."
	@echo "  ARGS=… is handed to the command of demo, test, test-realdata, prove, bench, bench-peers, lint, types and lock."

demo: $(DEMO) ## Start the demo trust: database, directory, gateway and worker, until Ctrl-C
	@exec $(BIN)/footbridge demo $(ARGS)

test: $(DEV) $(NODE_MODULES) ## Run the test suite, but for the tests on real files and the long ones
	@$(BIN)/python -m pytest $(TESTS) --ignore=tests/realdata -m "not prove" -n 2 --dist loadscope $(ARGS)

test-realdata: $(DEV) ## Run the tests on real files, which lie in ../shared/data
	@$(BIN)/python -m pytest tests/realdata $(ARGS)

prove: $(DEV) $(NODE_MODULES) ## Run the long tests, those marked "prove"
	@$(BIN)/python -m pytest tests --ignore=tests/realdata -m prove $(ARGS)

# Another package that is installed calls itself `tests`, hence the path.
bench: $(DEV) ## Measure the speed beside hand-written statements and an ORM (in short: ARGS="--rounds 1 --seconds 0.5")
	@exec env PYTHONPATH="$(CURDIR)/tests" $(BIN)/python -m benchmarks $(ARGS)

bench-peers: $(DEV) $(PEERS) ## Measure the speed beside PostGraphile too
	@exec env PYTHONPATH="$(CURDIR)/tests" $(BIN)/python -m benchmarks --peers $(ARGS)

lint: $(DEV) ## Check style and format of all Python files
	@$(BIN)/ruff check $(SOURCES) tests $(ARGS)
	@$(BIN)/ruff format --check $(SOURCES) tests

types: $(DEV) ## Check types, with mypy and with pyright
	@$(BIN)/mypy $(SOURCES) tests $(ARGS)
	@$(BIN)/pyright --pythonpath $(BIN)/python $(SOURCES)

layers: $(DEV) ## Check that imports only go down
	@$(BIN)/lint-imports

contract: $(DEMO) ## Write schemas, rights and costs into frontend-contract/
	@$(BIN)/footbridge contract

setup: $(DEV) $(NODE_MODULES) ## Make the virtual environment for development (the other targets do it too)

lock: $(VENV)/setup.stamp ## Write the hashed locks anew from pyproject.toml (ARGS=--upgrade for newer versions)
	@$(call LOCK,pyproject.toml --group demo,demo)
	@$(call LOCK,pyproject.toml --group demo --group dev -c $(LOCKS)/demo.txt,dev)
	@$(call LOCK,$(LOCKS)/setup.in -c $(LOCKS)/dev.txt,setup)

clean: ## Remove the environment, caches and build/, but no data (.state/)
	@rm -rf $(VENV) $(AUDITS)/node_modules $(BENCHMARKS)/node_modules build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find $(SOURCES) tests -name __pycache__ -type d -prune -exec rm -rf {} +

LOCK = $(UV) compile --quiet $(1) --generate-hashes --no-emit-index-url --no-emit-find-links --universal \
	--python-version 3.11 $(ARGS) -o $(LOCKS)/$(2).txt

define INSTALL
@echo "Installing what $(LOCKS)/$(1).txt lists …"
@$(UV) sync --python $(BIN)/python --require-hashes $(LOCKS)/setup.txt $(LOCKS)/$(1).txt
@$(UV) install --python $(BIN)/python --quiet --no-deps --no-build-isolation --editable .
@$(BIN)/python -m compileall -q $(SOURCES)
@touch $@
endef

$(VENV)/demo.stamp: $(VENV)/setup.stamp $(LOCKS)/demo.txt pyproject.toml
	$(call INSTALL,demo)

$(VENV)/dev.stamp: $(VENV)/setup.stamp $(LOCKS)/dev.txt pyproject.toml
	$(call INSTALL,dev)

# Node and npm are those of the environment; npm needs no home.
%/node_modules/installed.stamp: $(DEV) %/package-lock.json %/package.json
	@echo "Installing what $*/package-lock.json lists …"
	@$(BIN)/npm ci --prefix $* --cache "$(CURDIR)/build/cache/npm" --ignore-scripts --loglevel error
	@touch $@

$(VENV)/setup.stamp: $(LOCKS)/setup.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Footbridge needs Python 3.11 or later, and $(PYTHON) is not. Name another: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Making the virtual environment in $(VENV) …"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r $(LOCKS)/setup.txt
	@touch $@
