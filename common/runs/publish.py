"""Publish a full run: its results and SVG figures go into the replication's folder, and into git."""

import os
import shutil
from pathlib import Path

from common.errors import InputError
from common.paths import REPLICATIONS
from common.runs.provenance import relative


def publish(notebook: Path, run: Path) -> Path:
    """Copy `results.json`, the SVG figures and their captions of a finished run; returns the published results.

    Figures go first and the results last, so a results file never names a figure that is not there.

    Raises:
        InputError: the notebook does not belong to a replication.
    """
    paper = notebook.resolve().parent
    if paper.parent != REPLICATIONS:
        raise InputError(f"{relative(notebook)}: only notebooks under replications/ are published")
    figures = paper / "figures" / notebook.stem
    fresh = figures.with_name(f".{figures.name}.partial")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for file in [*(run / "figures").glob("*.svg"), run / "figures" / "captions.json"]:
        shutil.copy(file, fresh)
    results = paper / "results" / f"{notebook.stem}.json"
    results.parent.mkdir(exist_ok=True)
    partial = results.with_name(f".{results.name}.partial")
    shutil.copy(run / "results.json", partial)
    shutil.rmtree(figures, ignore_errors=True)
    fresh.rename(figures)
    os.replace(partial, results)
    return results
