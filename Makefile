# Every target sets up what it needs in .venv first; nothing outside the folder is changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test lint bench parity lab lock clean

$(READY): pyproject.toml requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; set PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: $(READY)   ## the main job on the sample data, ending with the page to open
	$(BIN)/innovsurvey demo --out build/demo

test: $(READY) lint   ## all checks: style, types, tests, doctests, notebooks, browser
	$(BIN)/python -m pytest -n auto

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(READY)   ## speed and memory, beside R where Rscript is installed
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/scoring.py
	$(BIN)/python benchmarks/questionnaires.py
	$(BIN)/python benchmarks/correlations.py
	$(BIN)/python benchmarks/reliability.py
	$(BIN)/python benchmarks/factors.py
	$(BIN)/python benchmarks/reading.py

parity: $(READY)   ## write docs/parity.md: every figure beside that of R
	$(BIN)/python tests/reference/parity.py

lab: $(READY)   ## JupyterLab on the notebooks
	$(BIN)/jupyter lab notebooks

lock:   ## write requirements.lock anew from what pip chooses today
	$(PYTHON) -m venv --clear build/lock
	build/lock/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	build/lock/bin/python -m pip install --quiet --group dev hatchling editables .
	build/lock/bin/python -m pip freeze --exclude innovsurvey --exclude pip > requirements.lock

clean:
	rm -rf $(VENV) build dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis
