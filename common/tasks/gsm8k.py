"""GSM8K: worked solutions that end in a whole number; hard are problems of four or more calculations."""

from common.datasets import gsm8k
from common.datasets.splits import Split, of_train
from common.grading import extract_answer
from common.layouts import open_question
from common.tasks.answers import same_value
from common.tasks.task import NEXT, Question, Task


def questions(split: Split, most: int) -> list[Question]:
    """See `Task.load`."""
    rows = gsm8k.load("test") if split == "test" else of_train(gsm8k.load("train"), split)
    return [
        Question(
            id=row.id,
            text=row.question,
            prompt=open_question(row.question).prompt,
            answer=row.answer,
            shown=f"{row.solution}\n#### {row.answer}",
            hard=row.solution.count("<<") >= 4,  # the marks of a calculation
        )
        for row in rows[:most]
    ]


TASK = Task(
    name="gsm8k",
    load=questions,
    read=extract_answer,
    same=same_value,
    max_tokens=512,
    stop=NEXT,
    hardness="four or more calculations",
)
