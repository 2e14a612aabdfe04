"""TriviaQA (Joshi et al. 2017): open questions, every alias of the answer counts."""

from common.datasets import qa
from common.datasets.splits import Split, cut
from common.layouts import open_question
from common.tasks.answers import same_words, words
from common.tasks.task import Question, Task


def questions(split: Split, most: int) -> list[Question]:
    """See `Task.load`."""
    rows = cut(qa.triviaqa(), lambda row: row.question, split)[:most]
    return [
        Question(
            id=row.id,
            text=row.question,
            prompt=open_question(row.question).prompt,
            answer=row.answer,
            shown=row.answer,
            aliases=row.aliases,
        )
        for row in rows
    ]


TASK = Task(name="triviaqa", load=questions, read=words, same=same_words, max_tokens=24, stop=("\n",))
