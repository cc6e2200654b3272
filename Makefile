# `make demo` and `make test` are all that a fresh machine with Python >= 3.11 needs.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: install test lint demo bench pages clean

install: .venv/installed

# pip resolves under constraints.txt: versions that were tested together.
.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[all]" --group dev
	touch $@

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/python -m pytest
	$(BIN)/python -m pytest --nbmake docs/tour.ipynb

demo: install
	$(BIN)/sv-bridge demo

bench: install
	$(BIN)/python -m benchmarks.measures

pages: install
	$(BIN)/python -m cqm.catalog_page

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage
