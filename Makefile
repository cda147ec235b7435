# The two commands are `make serve` and `make test`; both set up what they need in .venv.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

.PHONY: serve test check format lock clean

serve: $(INSTALLED)
	@exec $(BIN)/fring serve

test: $(INSTALLED)
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --cov --cov-report=term
	$(BIN)/python -m coverage report --include='src/fring_core/*' --omit='src/fring_core/testing/*' --fail-under=100

check: $(INSTALLED)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(INSTALLED)
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

# Needs uv; everything else needs only python3 and make.
lock:
	uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --upgrade \
		--all-extras --group dev --generate-hashes --no-header --output-file requirements.lock

clean:
	rm -rf $(VENV) build dist .coverage* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Fring needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
