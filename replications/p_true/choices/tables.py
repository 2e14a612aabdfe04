"""Tables of one exam.

"None of the above" is shown apart for questions where it is right (the key was last) and where it is one more wrong
option: a model that avoids it is hurt by the first and helped by the second.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from common import tables
from common.stats import intervals
from common.stats.calibration import options, scores
from common.stats.calibration.excess import Excess
from replications.p_true.choices.estimates import Rows
from replications.p_true.choices.experiment import Answers
from replications.p_true.choices.prompts import OPTIONS, SHOTS
from replications.p_true.ladder import Model


def cell_table(models: Sequence[Model], answers: Answers, tops: Rows, stated: Rows, errors: Excess) -> pd.DataFrame:
    """One row a cell: accuracy, calibration errors with floor, scores beside their references, raw option mass.

    For True/False, Brier scores are those of P(True), and accuracy that of the likelier label.
    """
    known, rows = {model.name: model for model in models}, []
    for cell, scored in answers.scores.items():
        name, layout, shots = cell
        rows.append(
            known[name].columns
            | {"layout": layout, "shots": shots}
            | tables.forecast(*stated[cell])
            | {"accuracy": tops[cell][1].mean()}
            | tables.errors(errors, cell)
            | {"brier_all_options": scores.brier(*options.all_options(*answers.options(cell)))}
            | {"mass": float(scored.mass.mean()), "mass_5%": float(np.quantile(scored.mass, 0.05))}
        )
    return pd.DataFrame(rows)


def curve_table(stated: Rows) -> pd.DataFrame:
    """Reliability curves: ten points a cell."""
    parts = [tables.curve(*rows).assign(model=c[0], layout=c[1], shots=c[2]) for c, rows in stated.items()]
    return pd.concat(parts, ignore_index=True)


def replaced_table(answers: Answers, tops: Rows) -> pd.DataFrame:
    """Accuracy with and without the last option replaced, by whether the key was last: one row a model, shots and part.

    `last` is the mean probability of the last option. 95% Wilson intervals.
    """
    rows, was_last = [], answers.keys == OPTIONS - 1
    parts = {"all": was_last | True, "is the key": was_last, "is a distractor": ~was_last}
    for cell in (cell for cell in answers.scores if cell[1] in ("letters", "replaced")):
        right, last = tops[cell][1], answers.options(cell)[0][:, -1]
        for part, among in ((part, among) for part, among in parts.items() if among.any()):
            share = intervals.wilson(int(right[among].sum()), int(among.sum()))
            row = {"model": cell[0], "layout": cell[1], "shots": cell[2], "part": part, "n": share.n}
            found = share.columns("accuracy", alone=True) | {"last": last[among].mean()}
            rows.append(row | found)
    return pd.DataFrame(rows)


def level_table(answers: Answers, tops: Rows) -> pd.DataFrame:
    """Accuracy and mean probability of the likeliest letter, five examples, by task and level of difficulty."""
    rows = []
    task = np.concatenate([[exam.task.name] * len(exam.questions) for exam in answers.exams])
    level = np.concatenate([[one.question.level for one in exam.questions] for exam in answers.exams])
    for name in dict.fromkeys(cell[0] for cell in answers.scores):
        p, c = tops[name, "letters", SHOTS]
        for exam in answers.exams:
            for step in exam.task.levels:
                among = (task == exam.task.name) & (level == step)
                if among.any():
                    row = {"model": name, "task": exam.task.name, "level": step, "n": int(among.sum())}
                    rows.append(row | {"accuracy": c[among].mean(), "mean_p": p[among].mean()})
    return pd.DataFrame(rows)
