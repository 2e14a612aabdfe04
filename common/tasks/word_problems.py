"""MultiArith and SVAMP: word problems with a whole number as answer, and no worked solution to show.

The number that a text states is its answer, or else its last number.
"""

from collections.abc import Callable
from functools import partial

from common.datasets import word_problems
from common.datasets.splits import Split, cut
from common.datasets.word_problems import Problem
from common.grading import extract_answer
from common.layouts import open_question
from common.tasks.answers import same_value
from common.tasks.task import NEXT, Question, Task


def questions(load: Callable[[], list[Problem]], split: Split, most: int) -> list[Question]:
    """See `Task.load`."""
    rows = cut(load(), lambda row: row.question, split)[:most]
    return [
        Question(
            id=row.id,
            text=row.question,
            prompt=open_question(row.question).prompt,
            answer=row.answer,
            shown=row.answer,
        )
        for row in rows
    ]


def read(text: str) -> str | None:
    """See `Task.read`."""
    return extract_answer(text, "last_number")


def _task(name: str, load: Callable[[], list[Problem]]) -> Task:
    return Task(name=name, load=partial(questions, load), read=read, same=same_value, max_tokens=320, stop=NEXT)


MULTIARITH, SVAMP = _task("multiarith", word_problems.multiarith), _task("svamp", word_problems.svamp)
