# make run    environment, a batch over all scenarios (about three minutes on 2 cores), its report
# make test   environment, all tests
# make clean  remove the environment and what tests and builds left; results stay
#
# The environment .venv is made once and again when pyproject.toml changes.

PYTHON ?= python3
BIN := .venv/bin
OUT ?= results/all
REPLICATES ?= 20
PEOPLE_PER_AGENT ?= 100
SEED ?= 1

.PHONY: run test clean

run: .venv/installed
	$(BIN)/undercount run all --replicates $(REPLICATES) --people-per-agent $(PEOPLE_PER_AGENT) \
		--seed $(SEED) --out $(OUT)
	$(BIN)/undercount report $(OUT)

test: .venv/installed
	$(BIN)/python -m pytest -n 2 --dist worksteal

.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than 3.11: make PYTHON=python3.11 ..." >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[view,dev]'
	touch $@

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .hypothesis .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
