"""Articles before a question, about facts of the lab's world (Kadavath et al. 2022, section 5.3).

The article that tells the fact lists all five facts of the person, in random order. The control lists the five facts of
another person in the same order of relations: as long to the token, and the relation asked for is in it too. The paper
has no such control.
"""

import numpy as np

from common import layouts
from common.errors import InputError
from common.tasks import Question
from lab.world import Fact, build_world
from replications.p_true.p_ik.prompts import PLAIN, Variants, Version, beside
from replications.p_true.tasks import Sheet

TELLING: Version = ("article that tells the fact", 1.0)
CONTROL: Version = ("article about another person", 1.0)


def set_out(task: Sheet, rng: np.random.Generator) -> Variants:
    """Every question alone, after an article that tells its answer, and after one about another person of the task.

    Raises:
        InputError: another task than facts, or questions about one person only.
    """
    if task.name != "facts":
        raise InputError(f"articles are written about facts of the lab's world, not about {task.name}")
    told = build_world().facts_about
    persons = [question.id.split("/")[1] for question in task.questions]
    telling, control = [], []
    for question, person in zip(task.questions, persons, strict=True):
        others = sorted(set(persons) - {person})
        if not others:
            raise InputError("an article about another person needs questions about two persons: ask more questions")
        order = rng.permutation(len(told[person]))
        telling.append(_after(question, told[person], order))
        control.append(_after(question, told[others[rng.integers(len(others))]], order))
    return Variants(task, {PLAIN: task.questions, TELLING: tuple(telling), CONTROL: tuple(control)})


def most_tokens(task: Sheet) -> int:
    """Tokens that one answer to every version of the questions generates, at most."""
    return len(task.questions) * len((PLAIN, TELLING, CONTROL)) * task.max_tokens


def _after(question: Question, facts: tuple[Fact, ...], order: np.ndarray) -> Question:
    article = " ".join(f"The {facts[i].relation} of {facts[i].person} is {facts[i].value}." for i in order)
    return beside(question, layouts.with_background(article, question.text).prompt)
