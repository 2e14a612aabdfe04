"""Answers that a user imported, one a question, with the P(True) that came with them.

How that P(True) was asked for (which prompt, how many examples) is not recorded, nor is the mass of the labels. An
answer that states nothing which can be read, and that the user has not graded, is left out and counted, as an
unreadable sample is where models are asked.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from common import recorded
from common.errors import InputError
from common.subjects import Subject
from common.tasks import find


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answers of a subject to test questions."""

    rows: pd.DataFrame
    """Those that could be read. Index: question id; right, and p_true and likelihood, NaN where nobody recorded it."""
    answered: int
    """All of them."""

    def judged(self, *scores: str) -> pd.DataFrame:
        """The rows that have all of some scores."""
        return self.rows.dropna(subset=list(scores))


def read(subject: Subject, task: str) -> Recorded:
    """A subject's answers to the test questions of a task.

    Raises:
        InputError: there is none; and as `common.tasks.find` and `common.recorded.answers`.
    """
    answers = recorded.answers(subject, find(task), "test")
    if not answers:
        raise InputError(
            f"{subject.id} has no answer to a test question of {task}, which are what claims are judged on"
        )
    rows = [
        {"question": one.question.id, "right": float(one.right), "p_true": one.p_true, "logprob": one.logprob}
        for one in answers
        if not one.unread
    ]
    table = pd.DataFrame(rows, columns=["question", "right", "p_true", "logprob"]).set_index("question").astype(float)
    return Recorded(table.assign(likelihood=np.exp(table.pop("logprob"))), len(answers))
