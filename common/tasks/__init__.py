"""Tasks by name: questions of a split, how a text answers them, and the limits of a completion.

    from common.tasks import find
    questions = find("gsm8k").load("dev", 20)

What taught, dev and test mean is said in `common.datasets.splits`. Beside those on public sets are a user's own
(`common.tasks.own`). The lab's tasks are in `lab.tasks`; a paper that asks both joins the two tables.
"""

import re
from collections.abc import Mapping

from common.errors import InputError
from common.tasks import arc, gsm8k, lambada, math500, own, triviaqa, word_problems
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


def find(name: str, known: Mapping[str, Task] = PUBLIC) -> Task:
    """The task of a name: one of the `known` ones, or else a user's own, `tasks/<name>.yaml`.

    Raises:
        InputError: there is none, two have the name, or as `own.load`.
    """
    mine = bool(re.fullmatch(r"[\w.-]+", name)) and own.sheet_of(name).is_file()
    if mine and (name in known or name in PUBLIC):
        raise InputError(f"{own.sheet_of(name)} has the name of another task: rename it")
    if name not in known and not mine:
        raise InputError(f"no task {name!r}: one of {', '.join(known)}, or tasks/{name or '<name>'}.yaml of your own")
    return own.load(name) if mine else known[name]


__all__ = ["EVERY", "PUBLIC", "Question", "Task", "find"]
