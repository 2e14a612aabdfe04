"""Runs: a notebook, its parameters, and everything it leaves behind.

Inside a notebook: `run = open_run("paper/notebook", globals())`, `run.params`, `run.subject`, `run.figure(...)`,
`run.judge(...)`, `run.finish(...)`.
From a shell: `python -m common.runs run NOTEBOOK` and `python -m common.runs grid GRID.yaml`.
docs/design.md says what a run promises; one file here holds each concept. Importing this package loads
only what a notebook needs, not the runner.
"""

from common.runs.parameters import Experiment, Parameters
from common.runs.record import Run, open_run

__all__ = ["Experiment", "Parameters", "Run", "open_run"]
