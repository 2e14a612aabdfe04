"""Lettered questions put to models, and what they answer (Kadavath et al. 2022, sections 2, 3.1, 3.2).

A cell is (model, layout, shots); its questions are those of all tasks together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from common.arrays import Bools, Floats, Ints
from common.engines import Engine, OptionScores
from common.labels import TAUGHT, Layout, among
from replications.p_true.choices.prompts import KINDS, OPTIONS, SHOTS, Exam, put, set_exam
from replications.p_true.tasks import Sheet

Cell = tuple[str, str, int]
"""Model, layout and number of examples."""
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


def set_exams(sheets: Mapping[str, Sheet], seed: int) -> list[Exam]:
    """An exam a task; what is drawn depends on the seed and the tasks before it."""
    rng = generator(seed, "exam")
    return [set_exam(task, rng) for task in sheets.values()]


def ask(engines: Mapping[str, Engine], exams: Sequence[Exam], layout: Layout = TAUGHT) -> Answers:
    """Put every exam to every model in every kind of question, without and with five examples."""
    found = {}
    for name, engine in engines.items():
        for kind in KINDS:
            for shots in (0, SHOTS):
                parts = [ask_one(engine, exam, kind, shots, layout) for exam in exams]
                found[name, kind, shots] = OptionScores(
                    np.concatenate([part.probabilities for part in parts]), np.concatenate([p.mass for p in parts])
                )
    return Answers(tuple(exams), found)


def ask_one(engine: Engine, exam: Exam, kind: str, shots: int, layout: Layout = TAUGHT) -> OptionScores:
    """What a model gives to each option (or to True and False) of each question, and its raw mass.

    Raises:
        InputError: a prompt too long for the model or with words that it cannot read, and as `Layout.scores`.
    """
    shown = [put(example, kind, layout.lettering) for example in exam.examples[:shots]]
    prompts = [put(one, kind, layout.lettering)[0] for one in exam.questions]
    if kind == "texts":
        answers = [[layout.answer(option) for option in one.options] for one in exam.questions]
        return among(engine.logprobs(layout.prompts(shown, prompts), answers))
    return layout.scores(engine, shown, prompts, 2 if kind == "true or false" else OPTIONS)
