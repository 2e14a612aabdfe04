"""Run the cells of params.yaml: all of them quickly (`make replicate`), or one paper's in full, which publishes.

Quick runs are a user's own, under `outputs/`, two at a time; one whose code, rules and parameters are still the same is
not run again. A full run executes, publishes into `results/`, and is recorded in dvc.lock; what a real model says in it
goes into `recordings/`, from which every later run of the cell reads.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence

from common import recordings
from common.errors import InputError
from common.paths import OUTPUTS, ROOT
from common.runs.cells import Cell, enter, load
from common.runs.execute import RunError, execute
from common.runs.grid import GridRun, run_all
from common.runs.provenance import code_digest, relative
from common.runs.publish import publish, publishable


def chosen(names: Sequence[str]) -> list[Cell]:
    """Cells by their own names or those of their papers; if there is no name all, but of real models one a paper.

    What is published about the other real models is derived again by `rederive`.

    Raises:
        InputError: neither a paper nor a cell has the name.
    """
    every = list(load().values())
    known = {cell.paper for cell in every} | {cell.name for cell in every}
    if unknown := [name for name in names if name not in known]:
        raise InputError(f"no cell or paper {unknown[0]!r}; there are: {', '.join(sorted(known))}")
    if names:
        return [cell for cell in every if {cell.name, cell.paper} & set(names)]
    first = {cell.paper: cell for cell in reversed(every) if cell.subject.route == "model"}
    return [cell for cell in every if cell.subject.route != "model" or first[cell.paper] is cell]


def quick(cells: Sequence[Cell], jobs: int) -> None:
    """Run what is not up to date, then write the report, whatever became of the runs.

    Raises:
        RunError: some runs failed.
    """
    here = [cell for cell in cells if _is_recorded(cell) and _is_here(cell)]
    runs = [GridRun(cell.notebook, cell.parameters("quick"), OUTPUTS / cell.place, cell.name) for cell in here]
    todo = [run for run in runs if not fresh(run)]
    try:
        run_all("quick runs", runs, todo, min(jobs, max(1, len(todo))))
    finally:
        _call("common.report")


def full(cells: Sequence[Cell], timeout: int | None = None) -> None:
    """Run each cell in full, publish it and record it in dvc.lock; then rewrite the READMEs' tables and the report.

    Raises:
        RunError: a run failed; nothing of it was published.
        InputError: as `publishable`, before anything runs; or as `publish`.
    """
    for cell in cells:
        publishable(cell)
    for cell in cells:
        if not _is_here(cell):
            continue
        out = (OUTPUTS / cell.place).with_name(f"{cell.place.name}-full")
        execute(cell.notebook, cell.parameters("full"), out, timeout, recordings="keep")
        print(f"published: {relative(publish(cell, out))}", flush=True)
        enter(cell)
        _call("dvc", "commit", "--quiet", "--force", f"publish@{cell.name}")
    _call("common.readme")
    _call("common.report")


def fresh(run: GridRun) -> bool:
    """Whether a run is finished, and of the code and parameters of now."""
    record = run.folder / "provenance.json"
    if not (run.finished and record.is_file()):
        return False
    told = json.loads(record.read_text())
    return bool(told["code"] == code_digest(run.notebook) and told["parameters"] == run.parameters)


def _is_recorded(cell: Cell) -> bool:
    if there := cell.subject.route != "model" or recordings.recorded(cell.recording):
        return there
    print(f"{cell.name}: not run: nothing is recorded; its full run asks the model", flush=True)
    return False


def _is_here(cell: Cell) -> bool:
    if missing := cell.missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        print(f"{cell.name}: not run: data not available ({', '.join(missing[:3])}{more})", flush=True)
    return not missing


def _call(module: str, *arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, env=dict(os.environ), check=False)
    if done.returncode:
        raise RunError(f"python -m {' '.join([module, *arguments])} ended with exit code {done.returncode}", 1)
