# `make demo` and `make test` are all that a fresh machine with Python >= 3.11 needs.
PYTHON ?= python3
BIN := .venv/bin
# A process for each core, eight at most; who runs out of tests takes over half of another's.
PARALLEL := -n auto --maxprocesses 8 --dist worksteal
KERNELS := tests/cqm/test_*.py tests/cqm/axioms/test_agreement.py -k "definition or kernel"

.PHONY: install test kernels mutants nightly lint docs demo bench pages coq clean

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

test: lint kernels docs
	$(BIN)/python -m pytest $(PARALLEL)

# Definitions and compiled code once more: as plain Python, down to the last branch, and with bounds checked.
kernels: install
	HYPOTHESIS_PROFILE=kernels NUMBA_DISABLE_JIT=1 \
		$(BIN)/python -m pytest -q $(PARALLEL) $(KERNELS) --cov cqm --cov-report=
	$(BIN)/python tests/kernels_covered.py
	HYPOTHESIS_PROFILE=kernels NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR=.venv/numba-boundscheck \
		$(BIN)/python -m pytest -q $(PARALLEL) $(KERNELS)

# Small wrong changes of the source that no test notices; with FILES=…, every operator and number of those files.
mutants: install
	$(BIN)/python tests/mutants $(FILES)

# Other examples every night, and a hundred times as many.
nightly: install
	HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest $(PARALLEL)

# The documentation as a site, in build/site; a dead link or a broken example is an error.
docs: install
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

demo: install
	$(BIN)/sv-bridge demo

bench: install
	$(BIN)/python -m pytest benchmarks/kernels.py --benchmark-enable
	$(BIN)/python -m benchmarks.measures

# Pages that follow from the catalogue; what is new in it is judged and tried first, which takes a minute or two each.
pages: install
	$(BIN)/python -m cqm.reports.measures_page
	$(BIN)/python -m benchmarks.across_k --missing
	$(BIN)/cqm axioms --table --missing

# Checks the proofs in formal/, and their definitions against Python's. Needs Coq 8.16 with mathcomp 1.15: in Debian,
# coq, libcoq-mathcomp-ssreflect and libcoq-mathcomp-algebra.
coq: install
	cd formal && coq_makefile -f _CoqProject -o Makefile.coq
	$(MAKE) -C formal -f Makefile.coq
	$(BIN)/python formal/evaluate.py

clean:
	rm -rf formal/*.vo* formal/*.glob formal/.*.aux formal/Makefile.coq* formal/.Makefile.coq.d
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage
