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
    p_true: float | None
    """Probability that the model gave to its being right; None if nobody recorded it."""
    unread: bool
    """Whether it states no answer that the task can read, and the user has not graded it."""
    right: bool
    """The user's grade, or else the task's."""


def place(subject: str, task: str) -> Path:
    """File of a subject's answers to a task: columns id, completion, and with gaps logprob, p_true and grade."""
    return paths.ANSWERS / subject / f"{task}.parquet"


def answers(subject: Subject, task: Task, split: Split = "test") -> list[Answer]:
    """Answers to the questions of a split, in the task's order; a question without an answer is left out.

    Raises:
        InputError: as `require`, or answers that are not to the task's questions of now; and what its loader raises.
    """
    file = require(subject.id, task.name)
    registry.note(file)
    try:
        table = pd.read_parquet(file, columns=["id", "completion", "logprob", "p_true", "grade"])
    except (OSError, ValueError) as error:  # pyarrow's errors are either
        raise InputError(f"{file} holds no answers that can be read: import them again") from error
    rows = {row["id"]: row for row in table.to_dict("records")}
    if strange := rows.keys() - questions(task):
        raise InputError(f"{file}: {task.name} has no question {min(strange)!r}: import the answers again")
    return [_graded(task, one, rows[one.id]) for one in task.load(split, EVERY) if one.id in rows]


def require(subject: str, task: str) -> Path:
    """File of a subject's answers to a task, which is there.

    Raises:
        InputError: it is not; says how to import them.
    """
    if not (file := place(subject, task)).is_file():
        again = f"python -m common.subjects import FILE --subject {subject} --task {task}"
        raise InputError(f"{subject} has no answers to {task} here: `{again}`")
    return file


def questions(task: Task) -> dict[str, Question]:
    """Every question of a task by its id. Raises what its loader does."""
    splits: tuple[Split, ...] = ("taught", "dev", "test")
    return {question.id: question for split in splits for question in task.load(split, EVERY)}


def _graded(task: Task, question: Question, row: dict[Hashable, Any]) -> Answer:
    read, grade = task.read(row["completion"]), row["grade"]
    logprob, p_true = (None if pd.isna(row[name]) else float(row[name]) for name in ("logprob", "p_true"))
    return Answer(
        question,
        row["completion"],
        logprob=logprob,
        p_true=p_true,
        unread=read is None and pd.isna(grade),
        right=task.right(question, read) if pd.isna(grade) else bool(grade),
    )
