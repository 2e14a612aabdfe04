"""Tasks on public sets by name: questions of a split, how a text answers them, and the limits of a completion.

    from common.tasks import PUBLIC
    questions = PUBLIC["gsm8k"].load("dev", 20)

What taught, dev and test mean is said in `common.datasets.splits`. The lab's own tasks are in `lab.tasks`; a
paper that asks both joins the two tables.
"""

from common.tasks import arc, gsm8k, lambada, math500, triviaqa, word_problems
from common.tasks.task import EVERY, Question, Task

PUBLIC: dict[str, Task] = {
    task.name: task
    for task in (
        triviaqa.TASK,
        arc.CHALLENGE,
        lambada.TASK,
        gsm8k.TASK,
        arc.EASY,
        math500.TASK,
        word_problems.MULTIARITH,
        word_problems.SVAMP,
    )
}
"""The order counts: a paper may draw by a task's place, so new tasks come last."""

__all__ = ["EVERY", "PUBLIC", "Question", "Task"]
