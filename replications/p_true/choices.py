"""Lettered questions put to models: what they answer, and tables of it (Kadavath et al. 2022, sections 2, 3.1, 3.2).

A cell is (model, layout, shots); its questions are those of all tasks together. Calibration looks at the likeliest
option of a question, for True/False at P(True) of its proposed answer. "None of the above" is shown apart for
questions where it is right (the key was last) and where it is one more wrong option: a model that avoids it is hurt by
the first and helped by the second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from common import tables
from common.arrays import Bools, Floats, Ints
from common.engines import Engine, OptionScores
from common.labels import TAUGHT, Layout
from common.stats import intervals
from common.stats.calibration import excess, options, scores
from common.stats.calibration.excess import Excess
from replications.p_true import lettered
from replications.p_true.ladder import Model
from replications.p_true.lettered import KINDS, OPTIONS, SHOTS, Exam
from replications.p_true.params import LiveParams
from replications.p_true.recorded import fair_top
from replications.p_true.tasks import Sheet

Cell = tuple[str, str, int]
"""Model, layout and number of examples."""
Rows = dict[Cell, tuple[Floats, Floats]]
"""By cell: a probability, and whether what it speaks of came true (0 or 1), shape [questions] each."""
STEPS = ("exam", "ties", "excess", "gain")
"""What draws random numbers; each step has a generator of its own."""


def generator(seed: int, step: str) -> np.random.Generator:
    """The random numbers of one step."""
    return np.random.default_rng([seed, STEPS.index(step)])


@dataclass(frozen=True, slots=True)
class Answers:
    """What all models gave, questions of all tasks one after the other; made by `ask`."""

    exams: tuple[Exam, ...]
    scores: dict[Cell, OptionScores]

    @property
    def keys(self) -> Ints:
        """Index of the right option, shape [questions]."""
        return np.concatenate([exam.keys for exam in self.exams])

    @property
    def true(self) -> Bools:
        """Whether the proposed answer is the key, shape [questions]."""
        return np.concatenate([exam.true for exam in self.exams])

    def options(self, cell: Cell) -> tuple[Floats, Ints]:
        """Option probabilities of a cell, shape [questions, options], and the index of the right one."""
        right = np.where(self.true, 0, 1) if cell[1] == "true or false" else self.keys
        return self.scores[cell].probabilities.astype(np.float64), right


def set_exams(asked: Mapping[str, Sheet], seed: int) -> list[Exam]:
    """An exam a task; what is drawn depends on the seed and the tasks before it."""
    rng = generator(seed, "exam")
    return [lettered.set_exam(task, rng) for task in asked.values()]


def ask(engines: Mapping[str, Engine], exams: Sequence[Exam], layout: Layout = TAUGHT) -> Answers:
    """Put every exam to every model in every kind of question, without and with five examples."""
    found = {}
    for name, engine in engines.items():
        for kind in KINDS:
            for shots in (0, SHOTS):
                parts = [lettered.ask(engine, exam, kind, shots, layout) for exam in exams]
                found[name, kind, shots] = OptionScores(
                    np.concatenate([part.probabilities for part in parts]), np.concatenate([p.mass for p in parts])
                )
    return Answers(tuple(exams), found)


def chosen(answers: Answers, seed: int) -> Rows:
    """The likeliest option of each cell, ties broken at random: its probability, and whether it is right."""
    rng = generator(seed, "ties")
    return {cell: fair_top(*answers.options(cell), rng) for cell in answers.scores}


def forecasts(answers: Answers, tops: Rows) -> Rows:
    """What calibration looks at: the likeliest option, but for True/False P(True), and whether it came true."""
    found = dict(tops)
    for cell in tops:
        if cell[1] == "true or false":
            found[cell] = (answers.options(cell)[0][:, 0], answers.true.astype(np.float64))
    return found


def measure_excess(stated: Rows, params: LiveParams, seed: int) -> Excess:
    """Excess calibration error of every cell, on shared resamples of the questions."""
    return excess.measure(stated, generator(seed, "excess"), params.resamples, params.redraws)


def cell_table(models: Sequence[Model], answers: Answers, tops: Rows, stated: Rows, errors: Excess) -> pd.DataFrame:
    """One row a cell: accuracy, calibration errors with floor, scores beside their references, raw option mass.

    For True/False, Brier scores are those of P(True), and accuracy that of the likelier label.
    """
    known, rows = {model.name: model for model in models}, []
    for cell, scored in answers.scores.items():
        name, layout, shots = cell
        model = {"model": name, "size": known[name].size, "seed": known[name].seed, "dose": known[name].dose}
        rows.append(
            model
            | {"parameters": known[name].parameters, "layout": layout, "shots": shots}
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
    task = np.concatenate([[exam.task.name] * len(exam.items) for exam in answers.exams])
    level = np.concatenate([[item.question.level for item in exam.items] for exam in answers.exams])
    for name in dict.fromkeys(cell[0] for cell in answers.scores):
        p, c = tops[name, "letters", SHOTS]
        for exam in answers.exams:
            for step in exam.task.levels:
                among = (task == exam.task.name) & (level == step)
                if among.any():
                    row = {"model": name, "task": exam.task.name, "level": step, "n": int(among.sum())}
                    rows.append(row | {"accuracy": c[among].mean(), "mean_p": p[among].mean()})
    return pd.DataFrame(rows)
