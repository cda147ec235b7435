# The two commands are `make serve` and `make test`; both set up what they need in .venv.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
PIP := $(BIN)/python -m pip --disable-pip-version-check
# The tests run on the wheel, unpacked here, and not on the source tree.
TESTED := $(CURDIR)/build/wheel
# Python's caches are worth writing, whatever the environment says: tests start many processes.
unexport PYTHONDONTWRITEBYTECODE
ON_WHEEL := PYTHONPATH=$(TESTED) FRING_TESTED=$(TESTED) $(BIN)/python -m pytest
SOURCES := $(shell find src -type f ! -name '*.pyc') LICENSE README.md pyproject.toml
PYRIGHT := PATH=$(abspath $(BIN)):$$PATH PYRIGHT_PYTHON_IGNORE_WARNINGS=1 pyright

.PHONY: serve test wheel mutants docs docs-serve check formatted linted typed typed-again typed-fully layered format lock clean

serve: $(INSTALLED)
	@exec $(BIN)/fring serve

test: $(TESTED)
	$(ON_WHEEL) tests/core --quiet --cov
	$(ON_WHEEL) --numprocesses 3 --dist loadfile

wheel: $(TESTED)
	$(BIN)/python -m tests.wheel

# Takes minutes: what the tests of the core do not notice.
mutants: $(INSTALLED)
	$(PIP) install --quiet --no-deps --require-hashes -r requirements-mutation.lock
	$(BIN)/mutmut run
	$(BIN)/mutmut results
	$(BIN)/python -m tests.core.mutants

docs: $(INSTALLED)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

docs-serve: $(INSTALLED)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs serve

check: $(INSTALLED)
	@$(MAKE) --no-print-directory --jobs 2 typed typed-again typed-fully layered linted formatted

formatted: $(INSTALLED)
	$(BIN)/ruff format --check

linted: $(INSTALLED)
	$(BIN)/ruff check

typed: $(INSTALLED)
	$(BIN)/python -m tests.docs.examples build/examples
	MYPYPATH=build/examples $(BIN)/mypy src tests typing_tests conftest.py docs/hooks build/examples

typed-again: $(INSTALLED)
	$(PYRIGHT)

# Every type of the public interface is written down; what pytest and Hypothesis leave open of
# theirs does not count.
typed-fully: $(INSTALLED)
	$(PYRIGHT) --verifytypes fring_core --ignoreexternal

layered: $(INSTALLED)
	$(BIN)/lint-imports

format: $(INSTALLED)
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

# Needs uv; everything else needs only python3 and make.
lock:
	uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --upgrade \
		--all-extras --group dev --generate-hashes --no-header --output-file requirements.lock

clean:
	rm -rf $(VENV) build dist .coverage* .hypothesis .import_linter_cache .mypy_cache mutants .pytest_cache .ruff_cache

$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Fring needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --no-deps --require-hashes -r requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(TESTED): $(INSTALLED) $(SOURCES)
	rm -rf build/dist $@
	$(BIN)/python -m hatchling build -t wheel -d build/dist
	$(PIP) install --quiet --no-deps --no-index --target $@ build/dist/*.whl
	@touch $@
