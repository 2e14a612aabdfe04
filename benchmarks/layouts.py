"""How labels should be asked of real models: what they hold together, by layout, on dev questions of ARC-Challenge.

``python -m benchmarks.layouts NAME [NAME ...]`` adds the models to benchmarks/results/layouts.json, prints the masses,
and names for each model, or each family (subjects.yaml), the layout whose least mass is largest: over its models,
lettered options and True/False, without and with five examples. Accuracy stands in the file to be looked at, and has
no part in the choice.
"""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from common import subjects
from common.engines import Engine, load_engine
from common.errors import InputError
from common.files import write_whole
from common.labels import LAYOUTS, Layout
from common.paths import ROOT
from replications.p_true.choices.experiment import ask_one
from replications.p_true.choices.prompts import SHOTS, Exam, set_exam
from replications.p_true.tasks import load_task

RESULTS = ROOT / "benchmarks" / "results" / "layouts.json"
QUESTIONS = 60
KINDS = ("letters", "true or false")


def measure(engine: Engine, exam: Exam) -> list[dict[str, Any]]:
    """Mass and accuracy of every layout, kind of question and number of examples; why there is none, where a layout
    cannot be asked.
    """
    rows = []
    for layout in LAYOUTS.values():
        for kind in KINDS:
            for shots in (0, SHOTS):
                row = {"layout": layout.name, "kind": kind, "shots": shots}
                rows.append(row | _asked(engine, exam, kind, shots, layout))
    return rows


def _asked(engine: Engine, exam: Exam, kind: str, shots: int, layout: Layout) -> dict[str, Any]:
    try:
        found = ask_one(engine, exam, kind, shots, layout)
    except InputError as error:
        return {"mass": 0.0, "accuracy": None, "refused": str(error)}
    right = exam.keys if kind == "letters" else np.where(exam.true, 0, 1)
    hit = found.probabilities.argmax(axis=1) == right
    return {"mass": round(float(found.mass.mean()), 4), "accuracy": round(float(hit.mean()), 4)}


def least(rows: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """The least mass of each layout."""
    found: dict[str, float] = {}
    for row in rows:
        found[row["layout"]] = min(found.get(row["layout"], 1.0), row["mass"])
    return found


def chosen(measured: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, tuple[str, float]]:
    """The layout to ask in and its least mass, by family or by the name of a model without one."""
    together: dict[str, list[Mapping[str, Any]]] = {}
    for name, rows in measured.items():
        family = subjects.find(name).family or name
        together.setdefault(family, []).extend(rows)
    best = {}
    for family, rows in together.items():
        masses = least(rows)
        layout = max(masses, key=lambda name: masses[name])
        best[family] = (layout, masses[layout])
    return best


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, add to the other models, and name the choice."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.layouts", description=__doc__)
    parser.add_argument("name", nargs="+", help="a registered model that was fetched, a Hub id or a folder")
    parser.add_argument("--questions", type=int, default=QUESTIONS, help="dev questions (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="file of the results (default: %(default)s)")
    options = parser.parse_args(arguments)
    exam = set_exam(load_task("arc", "dev", options.questions), np.random.default_rng(0))
    for name in options.name:
        rows = measure(load_engine(name, engine="hf", device="cpu"), exam)
        measured = json.loads(options.out.read_text())["models"] if options.out.is_file() else {}
        measured |= {name: [{"questions": len(exam.questions)} | row for row in rows]}
        choices = {
            family: {"layout": layout, "least mass": mass} for family, (layout, mass) in chosen(measured).items()
        }
        found = {"models": measured, "chosen": choices}
        write_whole(options.out, json.dumps(found, indent=1) + "\n")
        print(json.dumps({name: rows, "chosen": choices}, indent=1))


if __name__ == "__main__":
    main()
