"""MATH-500: worked solutions with a boxed answer in LaTeX; hard are levels 4 and 5."""

from common.datasets import math500
from common.datasets.splits import Split, cut
from common.grading import extract_answer
from common.layouts import open_question
from common.tasks.answers import same_value
from common.tasks.task import NEXT, Question, Task


def questions(split: Split, most: int) -> list[Question]:
    """See `Task.load`."""
    rows = cut(math500.load(), lambda row: row.problem, split)[:most]
    return [
        Question(
            id=row.id,
            text=row.problem,
            prompt=open_question(row.problem).prompt,
            answer=row.answer,
            shown=row.solution,
            level=str(row.level),
            hard=row.level >= 4,
        )
        for row in rows
    ]


TASK = Task(
    name="math500",
    load=questions,
    read=extract_answer,
    same=same_value,
    max_tokens=1024,
    stop=NEXT,
    levels=tuple("12345"),
    hardness="level 4 or 5",
)
