"""ARC (Clark et al. 2018), challenge ("arc") and easy set: answered in words, or by the letter of four options."""

from functools import partial
from typing import Literal

from common.datasets import qa
from common.datasets.splits import Split, cut
from common.layouts import open_question
from common.tasks.answers import same_words, words
from common.tasks.task import Question, Task


def questions(level: Literal["easy", "challenge"], split: Split, most: int) -> list[Question]:
    """See `Task.load`; questions with an option that comes twice are left out."""
    rows = [row for row in cut(qa.arc(level), lambda row: row.question, split) if len(set(row.choices)) == 4]
    return [
        Question(
            id=row.id,
            text=row.question,
            prompt=open_question(row.question).prompt,
            answer=row.choices[row.gold],
            shown=row.choices[row.gold],
            values=row.choices,
        )
        for row in rows[:most]
    ]


def _task(name: str, level: Literal["easy", "challenge"]) -> Task:
    load = partial(questions, level)
    return Task(name=name, load=load, read=words, same=same_words, max_tokens=32, stop=("\n",))


CHALLENGE, EASY = _task("arc", "challenge"), _task("arc_easy", "easy")
