"""Answers that a user imported (`common.import_answers`), graded by their task where the user did not grade them."""

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from common import paths
from common.datasets import registry
from common.datasets.splits import Split
from common.errors import InputError
from common.subjects import Subject
from common.tasks import EVERY, Question, Task


@dataclass(frozen=True, slots=True)
class Answer:
    """One recorded answer."""

    question: Question
    completion: str
    logprob: float | None
    """Mean natural-log probability of its tokens; None if nobody recorded it."""
    unread: bool
    """Whether it states no answer that the task can read."""
    right: bool
    """The user's grade, or else the task's."""


def place(subject: str, task: str) -> Path:
    """File of a subject's answers to a task: columns id, completion, logprob and grade, the last two with gaps."""
    return paths.ANSWERS / subject / f"{task}.parquet"


def answers(subject: Subject, task: Task, split: Split = "test") -> list[Answer]:
    """Answers to the questions of a split, in the task's order; a question without an answer is left out.

    Raises:
        InputError: the subject has no answers to the task, or ones that are not to its questions of now; and what
            the task's loader raises.
    """
    file = place(subject.id, task.name)
    if not file.is_file():
        again = f"python -m common.subjects import FILE --subject {subject.id} --task {task.name}"
        raise InputError(f"{subject.id} has no answers to {task.name} here: `{again}`")
    registry.note(file)
    try:
        table = pd.read_parquet(file, columns=["id", "completion", "logprob", "grade"])
    except (OSError, ValueError) as error:  # pyarrow's errors are either
        raise InputError(f"{file} holds no answers that can be read: import them again") from error
    rows = {row["id"]: row for row in table.to_dict("records")}
    if strange := rows.keys() - questions(task):
        raise InputError(f"{file}: {task.name} has no question {min(strange)!r}: import the answers again")
    return [_graded(task, one, rows[one.id]) for one in task.load(split, EVERY) if one.id in rows]


def questions(task: Task) -> dict[str, Question]:
    """Every question of a task by its id. Raises what its loader does."""
    splits: tuple[Split, ...] = ("taught", "dev", "test")
    return {question.id: question for split in splits for question in task.load(split, EVERY)}


def _graded(task: Task, question: Question, row: dict[Hashable, Any]) -> Answer:
    read, grade, logprob = task.read(row["completion"]), row["grade"], row["logprob"]
    return Answer(
        question,
        row["completion"],
        logprob=None if pd.isna(logprob) else float(logprob),
        unread=read is None,
        right=task.right(question, read) if pd.isna(grade) else bool(grade),
    )
