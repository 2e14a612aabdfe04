# The front door. Every target creates .venv and installs what it needs first (Python 3.11, git and make suffice).
PYTHON ?= python3.11
SIZE ?= quick
export PATH := $(CURDIR)/.venv/bin:$(PATH)
READY := .venv/.ready
PAPERS := $(patsubst replications/%/claims.yaml,%,$(wildcard replications/*/claims.yaml))

.DEFAULT_GOAL := help
.PHONY: help setup setup-vllm data on-demand models replicate rederive $(PAPERS) new-paper push pull tour report readme lab train-lab train-prm lab-gate audit-lab verdicts test test-slow lint format types notebooks dvc-check check lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-zA-Z_-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  make PAPER            one paper's quick run, or with SIZE=full its published one: $(PAPERS)"

setup: $(READY) ## create .venv with the exact versions of requirements.lock

$(READY): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) not found: install Python 3.11, or say make PYTHON=/path/to/python3.11" >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 5))' || { echo "error: $(PYTHON) is older than 3.11.5: say make PYTHON=/path/to/a/newer/python3.11" >&2; exit 2; }
	@echo "creating .venv and installing requirements.lock; this takes a few minutes"
	@$(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install -qq --disable-pip-version-check -r requirements.lock
	@.venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --editable .
	@touch $@

VLLM := .venv/.ready-vllm

setup-vllm: $(VLLM) ## add vLLM on CPU to .venv (0.6 GB, half a minute); on a GPU: pip install '.[gpu]'

$(VLLM): $(READY) requirements-vllm.lock
	@echo "installing requirements-vllm.lock into .venv"
	@.venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps -r requirements-vllm.lock
	@touch $@

FETCH := python -m common.datasets fetch && python -m common.data_lock

data: setup ## fetch public data into data/ and check it against the lock (DATA_MIRROR=<folder> works offline)
	@$(FETCH)

on-demand: setup ## fetch what p_true re-analyses (1,160 files, no licence stated, so not part of `make data`)
	@python -m common.datasets on-demand

models: setup ## fetch real models by name (MODEL="smollm2-135m qwen2.5-coder-0.5b"; without MODEL, list them)
	@python -m common.models $(if $(MODEL),fetch $(MODEL),list)

replicate: setup ## run every quick replication whose inputs are here, then write the report
	@($(FETCH)) || echo "going on without the data that is missing"
	@python -m common.runs cells

rederive: setup ## derive every published result about real models again, from recordings, and compare
	@($(FETCH)) || echo "going on without the data that is missing"
	@python -m common.runs rederive

$(PAPERS): setup
	@($(FETCH)) || echo "going on without the data that is missing"
	@python -m common.runs cells $@ --size $(SIZE)

new-paper: setup ## start a replication from template/ (NAME=self_rag)
	@python -m common.new_paper "$(NAME)"

push: setup ## send published samples to a DVC remote (REMOTE=<folder or cloud address>)
	@python -m common.remote push "$(REMOTE)"

pull: setup ## bring published samples from a DVC remote (REMOTE=<folder or cloud address>)
	@python -m common.remote pull "$(REMOTE)"

tour: setup ## run the tour notebook: recorded answers, an estimate, a verdict, a figure
	@python -m common.runs run notebooks/00_tour.ipynb

report: setup ## write outputs/report/index.html from what is published and what has run
	@python -m common.report

readme: setup ## rewrite the generated tables of all READMEs
	@python -m common.readme
	@python -m benchmarks.tables

lab: setup ## open JupyterLab
	@jupyter lab notebooks

train-lab: setup ## train a lab model (SIZE=0.05m|0.15m|0.45m|1.3m); interrupt at any moment, start again to continue
	@python -m lab train $(filter-out quick,$(SIZE))

train-prm: setup ## train what prm_from_rl judges (STEPS=300 SEEDS=6: hours, resumable; all of it is published)
	@python -m replications.prm_from_rl.train $(if $(STEPS),--steps $(STEPS)) $(if $(SEEDS),--seeds $(SEEDS)) $(if $(STEPS)$(SEEDS),,--publish)

lab-gate: setup ## examine lab models on dev questions: do they solve, know and judge enough, and not too much?
	@python -m lab gate

audit-lab: setup ## read the lab's corpus token by token for what would make a test unfair
	@python -m lab audit

verdicts: setup ## simulate how often each kind of rule errs (hours; goes on where it stopped; KIND="AUROC")
	@OMP_NUM_THREADS=1 python -m benchmarks.verdicts $(if $(KIND),"$(KIND)")

test: setup ## run the tests, two to four at a time
	@OMP_NUM_THREADS=1 pytest -q -m "not slow" --numprocesses auto --maxprocesses 4 --dist loadfile

test-slow: setup ## run the tests that take minutes: real models, as far as they were fetched
	@pytest -q -m slow

lint: setup ## check style (ruff)
	@ruff check . && ruff format --check .

format: setup ## rewrite code and notebooks in house style
	@ruff format . && ruff check --fix . && nbstripout $$(git ls-files '*.ipynb')

types: setup ## check types (mypy)
	@mypy

notebooks: setup ## check that source notebooks carry no outputs
	@nbstripout --verify $$(git ls-files '*.ipynb')

dvc-check: setup ## check that the DVC pipeline and data lock are valid
	@dvc dag > /dev/null && dvc stage list > /dev/null && echo "dvc pipeline is valid"

check: lint types notebooks dvc-check ## all checks but the tests

lock: ## rewrite requirements.lock from pyproject.toml in a fresh environment
	$(PYTHON) -m venv .cache/lock && .cache/lock/bin/python -m pip install --quiet '.[cpu,dev]'
	{ echo "# Exact versions, written by \`make lock\` from pyproject.toml (extras cpu and dev)."; \
	  .cache/lock/bin/python -m pip freeze --exclude self-evaluation-replications | sed 's/+cpu$$//'; } > requirements.lock
	rm -rf .cache/lock

clean: ## remove runs and caches; data/, .venv and fetched models stay
	rm -rf outputs .mypy_cache .pytest_cache .ruff_cache .hypothesis
	[ ! -d .cache ] || find .cache -mindepth 1 -maxdepth 1 ! -name models -exec rm -rf {} +
