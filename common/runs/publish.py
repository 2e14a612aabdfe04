"""Publish a full run: its results, SVG figures and samples go into `results/`, in the folder of its cell.

Results and figures live in git. Samples are DVC's: `samples.parquet.dvc` is in git, the file goes with `make push`.
"""

import os
import shutil
from pathlib import Path

from common.dvc import dvc
from common.errors import InputError
from common.paths import RESULTS
from common.runs.cells import Cell
from common.tasks import own

SAMPLES = "samples.parquet"
FILES = (SAMPLES, f"{SAMPLES}.dvc", ".gitignore", "results.json")
"""What is published beside the figures, in the order in which it takes its place; without samples the last alone."""


def publishable(cell: Cell) -> None:
    """Refuse a cell whose results are its user's alone.

    Raises:
        InputError: it asks a task of one's own, or is about answers that a user imported.
    """
    if cell.subject.imported:
        raise InputError(
            f"{cell.name}: the answers of {cell.subject.id} are one's own (answers/), nobody else could check: "
            "its results are not published"
        )
    if mine := [name for name in cell.task.split("+") if own.sheet_of(name).is_file()]:
        raise InputError(f"{cell.name}: {mine[0]} is a task of one's own (tasks/), its results are not published")


def publish(cell: Cell, run: Path) -> Path:
    """Copy results, SVG figures with captions, and samples of a finished run; returns the folder they are in.

    Everything is made aside, what DVC writes about the samples too, and then renamed into place, the results last. Git
    holds what was there before.

    Raises:
        InputError: DVC refused to keep the samples; what was published before is still there.
        OSError: the disk is full; likewise.
    """
    target = RESULTS / cell.place
    aside = target / ".partial"
    try:
        shutil.rmtree(aside, ignore_errors=True)
        (aside / "figures").mkdir(parents=True)
        for file in [*(run / "figures").glob("*.svg"), run / "figures" / "captions.json"]:
            shutil.copy(file, aside / "figures")
        shutil.copy(run / "results.json", aside)
        if (run / SAMPLES).is_file():
            shutil.copy(run / SAMPLES, aside)
            dvc("add", str(aside / SAMPLES))  # its two files name the samples beside them, wherever they lie
        shutil.rmtree(target / "figures", ignore_errors=True)
        (aside / "figures").rename(target / "figures")
        for name in FILES:
            if (aside / name).exists():
                os.replace(aside / name, target / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return target
