# Plain `make` lists the targets. Each installs what it needs into .venv, by tools/install.py.
#
# A clone may lie in a folder of any name. So no path here is absolute, but for $$PWD, which the
# shell expands within quotes, and no program of .venv is called by its own name: its first line
# names its Python by a path that not every shell can read.

# The Python that .venv was made with, if no other is named.
ifndef PYTHON
PYTHON := $(or $(shell cat .venv/python 2>/dev/null),python3)
endif
export PYTHON
DOCS_PORT ?= 8001
UPGRADE ?= --upgrade
RUN := .venv/bin/python -m
# The tests run on the wheel, unpacked here, and not on the source tree.
ON_WHEEL := PYTHONPATH="$$PWD/build/wheel" TESTED_PACKAGES="$$PWD/build/wheel" $(RUN) pytest
SOURCES := $(shell find src -type f ! -name '*.pyc') LICENSE README.md pyproject.toml
PYRIGHT := PATH="$$PWD/.venv/bin:$$PATH" PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(RUN) pyright
COMPILE := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 $(UPGRADE) \
	--generate-hashes --no-header
# Nothing of another project, and Python's caches are worth writing: tests start many processes.
unexport PYTHONHOME PYTHONPATH PYTHONSAFEPATH PYTHONOPTIMIZE PYTHONINSPECT PYTHONWARNINGS
unexport PYTHONDONTWRITEBYTECODE VIRTUAL_ENV

.PHONY: help serve test check format docs docs-serve wheel clients ranges mutants deploy faults fuzz kit nightly bench snapshot lock audit \
	release clean
.PHONY: formatted linted typed typed-again typed-fully layered .venv/serving .venv/installed

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1	\2/p' Makefile | \
		while IFS='	' read -r name does; do printf '  make %-11s %s\n' "$$name" "$$does"; done

serve: .venv/serving ## serve the API on http://127.0.0.1:8000
	@exec $(RUN) fring_http serve

test: build/wheel ## run all tests, on the wheel; five to ten minutes
	$(ON_WHEEL) tests/core --quiet --cov
	$(ON_WHEEL) --numprocesses 3 --dist loadfile --no-loadscope-reorder --ignore tests/core

check: .venv/installed ## check formatting, style, types and layers
	@$(MAKE) --no-print-directory --jobs 2 typed typed-again typed-fully layered linted formatted

format: .venv/installed ## format, and fix what can be fixed by itself
	$(RUN) ruff format
	$(RUN) ruff check --fix

docs: .venv/installed ## build the documentation as a site in build/site
	NO_MKDOCS_2_WARNING=1 $(RUN) mkdocs build --strict --quiet

docs-serve: .venv/installed ## serve the documentation on http://127.0.0.1:8001, or on DOCS_PORT
	NO_MKDOCS_2_WARNING=1 $(RUN) mkdocs serve --dev-addr 127.0.0.1:$(DOCS_PORT)

wheel: build/wheel ## try the wheel in empty environments, with each extra
	$(RUN) tests.wheel

clients: .venv/installed ## make clients from the OpenAPI document, and let them run
	$(RUN) tests.clients

ranges: build/wheel needs-uv ## test on the oldest and newest packages that pyproject.toml admits
	$(RUN) tests.install.ranges

mutants: .venv/mutating ## mutate the core, and tell what the tests do not notice; takes minutes
	@rm -rf mutants # or what lived there before lives on, whatever the tests say now
	$(RUN) mutmut run
	$(RUN) mutmut results
	$(RUN) tests.core.mutants

deploy: .venv/installed ## try deploy/ with nginx, promtool and others, rolling restarts included
	$(RUN) tests.deploy

faults: .venv/installed ## break what a server stands on, and write down what became of it; WORDS=
	$(RUN) tests.faults $(WORDS)

fuzz: .venv/installed ## spoil N=100000 requests, and draw others from the OpenAPI document; SEED=
	$(RUN) tests.fuzz $(if $(N),--inputs $(N)) $(if $(SEED),--seed $(SEED))

kit: .venv/installed ## the whole contract on each fault: exactly what is declared fails; RECORD=1
	FRING_WHOLE_KIT=1 $(RUN) pytest tests/stores/test_odd_stores.py tests/stores/mutants
	$(RUN) tests.stores.mutants.exact $(if $(RECORD),--record)

nightly: .venv/installed ## 20,000 steps of random histories on each store; SEED= and STORE=
	$(RUN) tests.stores.nightly $(if $(SEED),--seed $(SEED)) $(if $(STORE),--store $(STORE))

bench: .venv/installed ## measure what Fring costs, and write it down; half an hour; QUICK=1: a minute
	$(RUN) benchmarks $(if $(QUICK),--quick)

snapshot: .venv/installed ## write down both public interfaces as they are now
	$(RUN) tests.interface

lock: needs-uv ## renew the locks from pyproject.toml; UPGRADE= keeps versions that still fit
	$(COMPILE) --only-binary :all: --all-extras --group dev --output-file requirements.lock
	$(COMPILE) --only-binary :all: --extra server --extra embedded --group build \
		--constraint requirements.lock --output-file requirements-serve.lock
	$(COMPILE) --group mutation --constraint requirements.lock \
		--output-file requirements-mutation.lock
	@for python in 3.11 3.12 3.13 3.14; do \
		for platform in x86_64-manylinux_2_28 aarch64-manylinux_2_28 x86_64-apple-darwin aarch64-apple-darwin; do \
			echo "wheels for Python $$python, $$platform"; \
			uv pip install --quiet --dry-run --target build/locked --no-deps --require-hashes \
				--only-binary :all: --python-version $$python --python-platform $$platform \
				--requirement requirements.lock || exit 1; \
		done; \
	done

audit: ## ask which locked packages have known faults; needs the network
	@"$$PYTHON" tools/audit.py requirements*.lock

release: .venv/installed ## changelog, wheel and sdist of VERSION=1.1.0, tried
	$(RUN) tools.release "$$VERSION"
	@$(MAKE) --no-print-directory wheel
	$(RUN) hatchling build -t sdist -d build/dist
	@echo "build/dist has Fring $$VERSION. What is left, unless the tag is there:"
	@echo "  git commit --all --message 'Release $$VERSION'"
	@echo "  git tag --annotate v$$VERSION --message 'Fring $$VERSION'"
	@echo "  git push --atomic origin HEAD v$$VERSION"

clean: ## remove all that make has made; the data in .fring stay
	@test ! -x .venv/bin/python || .venv/bin/python tools/in_use.py || test $$? -ne 3
	rm -rf .venv build dist .coverage* .hypothesis .import_linter_cache .mypy_cache mutants .pytest_cache .ruff_cache

formatted: .venv/installed
	$(RUN) ruff format --check

linted: .venv/installed
	$(RUN) ruff check

typed: .venv/installed
	$(RUN) tests.docs.examples build/examples
	MYPYPATH=build/examples $(RUN) mypy src tests tools benchmarks typing_tests conftest.py docs/hooks build/examples

typed-again: .venv/installed
	$(PYRIGHT)

# Every type of the public interface is written down; what pytest and Hypothesis leave open of
# theirs does not count, nor what is made from something written down (typing_tests show that).
typed-fully: .venv/installed
	$(PYRIGHT) --verifytypes fring_core --ignoreexternal | awk '/^fring_core/ { symbol = $$1 } \
		/error:/ && symbol !~ /^fring_core.blocking/ { print symbol; print; bad = 1 } END { exit bad }'

layered: .venv/installed
	.venv/bin/python -c 'from importlinter.cli import lint_imports_command as run; run()'

.PHONY: .venv/mutating needs-uv
.venv/serving: LOCKS := requirements-serve.lock
.venv/installed: LOCKS := requirements-serve.lock requirements.lock
.venv/mutating: LOCKS := requirements-serve.lock requirements.lock requirements-mutation.lock
.venv/serving .venv/installed .venv/mutating:
	@"$$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Fring needs Python 3.11 or newer, and PYTHON=$$PYTHON is" $$("$$PYTHON" --version 2>&1); \
		echo "Name another one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; } >&2
	@"$$PYTHON" tools/install.py $(LOCKS)

needs-uv:
	@command -v uv >/dev/null || { echo 'uv is needed: pip install uv' >&2; exit 1; }

# Moved into place when it is whole: an interruption leaves none.
build/wheel: $(SOURCES) | .venv/installed
	rm -rf build/dist build/unpacked build/wheel
	$(RUN) hatchling build -t wheel -d build/dist
	$(RUN) zipfile -e build/dist/*.whl build/unpacked
	touch build/unpacked
	mv build/unpacked build/wheel
