# make run    environment, a batch over all scenarios and its report, the answer from the table that ships and its report
# make full   environment, the answer to publish: a reference table of one's own, its causes and levers (hours)
# make test   environment, the tests but those marked slow (long statistical checks, benches, installed copies)
# make test-all  environment, all tests
# make docs   environment, the site of the documents, docs/_build/html/index.html; tutorials are run, warnings are errors
# make fuzz   environment, 20,000 broken inputs to every reader (about a quarter of an hour)
# make jupyter  Jupyter into the environment, for the tests of the page in it
# make generate  baseline scenario, tables of the ODD and kept figures from the code as it is
# make lock   the exact versions of requirements/*.lock anew from pyproject.toml (needs uv)
# make clean  remove the environment and what tests and builds left; results stay
#
# The environment .venv is made once and again when a lock changes; what stands in a lock is installed
# and nothing else (docs/supply-chain.md).

PYTHON ?= python3
UV ?= uv
BIN := .venv/bin
OUT ?= results/all
REPLICATES ?= 20
PEOPLE_PER_AGENT ?= 100
SEED ?= 1
# Worlds of the mixture in a reference table of one's own.
FULL ?= 5000
VERDICT ?= results/verdict
INPUTS ?= 20000

INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --custom-compile-command "make lock"

.PHONY: run full test test-all docs fuzz jupyter generate lock clean

run: .venv/installed
	$(BIN)/undercount run all --replicates $(REPLICATES) --people-per-agent $(PEOPLE_PER_AGENT) \
		--seed $(SEED) --out $(OUT)
	$(BIN)/undercount report $(OUT) > /dev/null
	$(BIN)/undercount compare --seed $(SEED) --out $(VERDICT) > /dev/null
	$(BIN)/undercount report $(VERDICT) > /dev/null
	@$(BIN)/python -m undercount.experiments.answer.brief $(VERDICT)
	@printf '%s\n' $(OUT)/report.html $(VERDICT)/report.html

full: .venv/installed
	$(BIN)/undercount reference everything --worlds $(FULL) --seed $(SEED) --out results/reference-full
	$(BIN)/undercount compare results/reference-full --seed $(SEED) --out $(VERDICT)-full
	$(BIN)/undercount attribute $(VERDICT)-full --out results/attribution
	$(BIN)/undercount policy $(VERDICT)-full --out results/policy
	$(BIN)/undercount report $(VERDICT)-full --attribution results/attribution --policy results/policy

# A file's tests share what they compute, so they stay on one worker; the files that take longest come first
# (`testpaths` of pyproject.toml), and the short ones fill up.
# Which tests, by mark; none means all (CI runs `make test MARKED=`).
MARKED ?= not slow
TEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test: .venv/installed
	$(TEST) -m "$(MARKED)"

test-all: MARKED =
test-all: test

# Compiled first, so that no tutorial waits for it.
docs: .venv/installed
	$(BIN)/python -m undercount.experiments.compute.warm
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

fuzz: .venv/installed
	$(BIN)/python -m tests.fuzz --inputs $(INPUTS) --seed $(SEED)

# First what builds packages, as those that come as source only are built in the environment itself.
.venv/installed: pyproject.toml requirements/build.lock requirements/undercount.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than 3.11: make PYTHON=python3.11 ..." >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(INSTALL) --require-hashes -r requirements/build.lock
	$(INSTALL) --require-hashes --no-build-isolation -r requirements/undercount.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

jupyter: .venv/installed
	$(INSTALL) --require-hashes --no-build-isolation -r requirements/jupyter.lock

generate: .venv/installed
	$(BIN)/python -m tools.generate

lock:
	$(COMPILE) requirements/build.in -o requirements/build.lock
	$(COMPILE) --constraint requirements/build.in --extra all pyproject.toml -o requirements/undercount.lock
	$(COMPILE) --constraint requirements/build.in --constraint requirements/undercount.lock --extra jupyter pyproject.toml \
		-o requirements/jupyter.lock

clean:
	rm -rf .venv build dist docs/_build *.egg-info .pytest_cache .hypothesis .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
