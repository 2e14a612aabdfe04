"""Publish a full run: its results and SVG figures go into the replication's folder, and into git."""

import os
import shutil
from pathlib import Path

from common.errors import InputError
from common.paths import REPLICATIONS
from common.runs.provenance import relative


def check_publishable(notebook: Path) -> None:
    """Refuse, before anything runs, a notebook that has no place to publish to.

    Raises:
        InputError: the notebook does not belong to a replication.
    """
    if notebook.resolve().parent.parent != REPLICATIONS:
        raise InputError(f"{relative(notebook)}: only notebooks under replications/ are published")


def publish(notebook: Path, run: Path) -> Path:
    """Copy `results.json`, the SVG figures and their captions of a finished run; returns the published results.

    Everything is copied aside first and then renamed into place, the results last. Git holds what was there before.

    Raises:
        InputError: the notebook does not belong to a replication.
        OSError: the disk is full; what was published before is still there.
    """
    check_publishable(notebook)
    paper = notebook.resolve().parent
    figures, results = paper / "figures" / notebook.stem, paper / "results" / f"{notebook.stem}.json"
    fresh, partial = figures.with_name(f".{figures.name}.partial"), results.with_name(f".{results.name}.partial")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        results.parent.mkdir(exist_ok=True)
        for file in [*(run / "figures").glob("*.svg"), run / "figures" / "captions.json"]:
            shutil.copy(file, fresh)
        shutil.copy(run / "results.json", partial)
        shutil.rmtree(figures, ignore_errors=True)
        fresh.rename(figures)
        os.replace(partial, results)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        partial.unlink(missing_ok=True)
    return results
