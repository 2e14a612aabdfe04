"""LAMBADA (Paperno et al. 2016): the last word of a passage, asked as a blank to fill (Kadavath et al. 2022)."""

from common.datasets import qa
from common.datasets.splits import Split, cut
from common.tasks.answers import same_words, words
from common.tasks.task import Question, Task


def questions(split: Split, most: int) -> list[Question]:
    """See `Task.load`."""
    return [_question(row) for row in cut(qa.lambada(), lambda row: row.context, split)[:most]]


def _question(row: qa.Cloze) -> Question:
    text = f"Please complete the following passage by filling in the blank: {row.context} ____."
    return Question(id=row.id, text=text, prompt=f"{text} ->", answer=row.word, shown=row.word)


TASK = Task(name="lambada", load=questions, read=words, same=same_words, max_tokens=8, stop=("\n",))
