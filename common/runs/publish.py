"""Publish a full run: its results, SVG figures and samples go into `results/`, in the folder of its cell.

Results and figures live in git. Samples are DVC's: `samples.parquet.dvc` is in git, the file goes with `make push`.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from common.errors import InputError
from common.paths import RESULTS, ROOT
from common.runs.cells import Cell
from common.tasks import own

SAMPLES = "samples.parquet"


def publishable(cell: Cell) -> None:
    """Refuse a cell whose results are its user's alone.

    Raises:
        InputError: it asks a task of one's own.
    """
    if mine := [name for name in cell.task.split("+") if own.sheet_of(name).is_file()]:
        raise InputError(f"{cell.name}: {mine[0]} is a task of one's own (tasks/), its results are not published")


def publish(cell: Cell, run: Path) -> Path:
    """Copy results, SVG figures with captions, and samples of a finished run; returns the folder they are in.

    Everything is copied aside first and then renamed into place, the results last. Git holds what was there before.

    Raises:
        OSError: the disk is full; what was published before is still there.
        subprocess.CalledProcessError: DVC refused to track the samples.
    """
    target = RESULTS / cell.place
    figures = target / "figures"
    fresh, partial = target / ".figures.partial", target / ".results.json.partial"
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for file in [*(run / "figures").glob("*.svg"), run / "figures" / "captions.json"]:
            shutil.copy(file, fresh)
        shutil.copy(run / "results.json", partial)
        if (run / SAMPLES).is_file():
            shutil.copy(run / SAMPLES, target)
            _track(target / SAMPLES)
        shutil.rmtree(figures, ignore_errors=True)
        fresh.rename(figures)
        os.replace(partial, target / "results.json")
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        partial.unlink(missing_ok=True)
    return target


def _track(file: Path) -> None:
    """Let DVC keep a file, which git then ignores."""
    subprocess.run([sys.executable, "-m", "dvc", "add", "--quiet", str(file)], cwd=ROOT, check=True)
