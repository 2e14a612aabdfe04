"""From solutions and the text of their verifications to pools: arrays that the estimators take.

A row is one solution. Its correctness is decided here, by the one relation that also forms the classes of answers
that vote together (`common.grading`), and not by a recorded flag: a flag made from strings can call two spellings
of one answer right and wrong, and then a vote for that answer is neither.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from common.arrays import Bools, Floats, Ints
from common.errors import InputError
from common.grading import grade, group_answers

Parser = Callable[[str], bool | None]

SCORE = {True: 1.0, False: 0.0, None: np.nan}
"""A verdict as a number: 1 judged correct, 0 judged wrong, NaN no verdict found in the text."""


@dataclass(frozen=True)
class Pools:
    """Pools of Q questions, padded to N solutions with V0 verdicts each (see `common.stats.voting`)."""

    questions: Ints  # question ids, [Q]
    answers: Ints  # answer classes within a question, negative where invalid or absent, [Q, N]
    correct: Floats  # [Q, N]
    verdicts: Floats  # 1, 0 or NaN, [Q, N, V0]
    present: Bools  # [Q, N]

    @property
    def sizes(self) -> Ints:
        """Solutions in each pool, [Q]."""
        sizes: Ints = self.present.sum(axis=1)
        return sizes

    @property
    def share_right(self) -> Floats:
        """Share of right solutions in each pool, [Q]."""
        share: Floats = self.correct.sum(axis=1) / self.sizes
        return share


def read_verdicts(critiques: Sequence[Sequence[str]], parser: Parser) -> Floats:
    """Verdicts of each solution's critiques, [n, V0]: 1, 0, or NaN where `parser` finds none."""
    return np.array([[SCORE[parser(text)] for text in texts] for texts in critiques])


def graded(rows: pd.DataFrame, answer: str = "answer") -> pd.DataFrame:
    """Add `answer_class` and `right` to solutions with columns question_id, target and the `answer` column named."""
    out = rows.assign(answer_class=-1, right=False)
    for _, group in rows.groupby("question_id", sort=False):
        answers = [text if isinstance(text, str) else None for text in group[answer]]  # pandas turns None into NaN
        out.loc[group.index, "answer_class"] = group_answers(answers)
        out.loc[group.index, "right"] = grade(answers, group["target"].iloc[0])
    return out


def build(rows: pd.DataFrame, verdicts: Floats, smallest: int) -> Pools:
    """Pools of the questions that have at least `smallest` solutions, in order of first appearance.

    Args:
        rows: graded solutions, one a row: question_id, answer_class, right.
        verdicts: of the same solutions, [n, V0].
        smallest: the largest number of solutions that is to be drawn.

    Raises:
        InputError: another number of verdicts than of solutions, or no pool is large enough.
    """
    if len(rows) != len(verdicts):
        raise InputError(f"{len(rows)} solutions but verdicts of {len(verdicts)}: give one row of verdicts each")
    large = (rows.groupby("question_id")["right"].transform("size") >= smallest).to_numpy()
    if not large.any():
        raise InputError(f"no question has {smallest} solutions: sample more, or lower the largest size")
    kept = rows[large]
    row, questions = pd.factorize(kept["question_id"])
    slot = kept.groupby("question_id").cumcount().to_numpy()
    shape = len(questions), slot.max() + 1
    answers, correct = np.full(shape, -1), np.zeros(shape)
    present, verdict = np.zeros(shape, bool), np.full((*shape, verdicts.shape[1]), np.nan)
    answers[row, slot] = kept["answer_class"]
    correct[row, slot] = kept["right"]
    present[row, slot] = True
    verdict[row, slot] = verdicts[large]
    return Pools(np.asarray(questions), answers, correct, verdict, present)
