"""Runs: a notebook, its parameters, and everything it leaves behind.

Inside a notebook: `run = open_run("paper/notebook", params)`, `run.figure(...)`, `run.finish(...)`.
From a shell: `python -m common.runs run NOTEBOOK` and `python -m common.runs grid GRID.yaml`.
docs/design.md says what a run promises; one file here holds each concept. Importing this package loads
only what a notebook needs, not the runner.
"""

from common.runs.record import Parameters, Run, open_run

__all__ = ["Parameters", "Run", "open_run"]
