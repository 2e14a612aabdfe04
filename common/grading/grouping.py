"""Answers into classes, and classes graded: the votes of self-consistency and the truth they are held against.

Exact strings split the vote between 0.5 and \\frac{1}{2} although both are graded correct. Here one relation serves
both: answers form the classes of the transitive closure of equivalence, and a class is correct if any of its members
is equivalent to the target. Two answers of one class therefore never grade differently.
"""

from collections.abc import Sequence

import numpy as np
from scipy.cluster.hierarchy import DisjointSet

from common.arrays import Bools, Ints
from common.errors import InputError
from common.grading.equivalence import Judge, shared_judge
from common.grading.normal_form import Kind, NormalForm


def group_answers(answers: Sequence[str | None], judge: Judge | None = None) -> Ints:
    """Give each answer the number of its class.

    Classes are numbered by first appearance; a missing or empty answer is in no class and gets -1. Numbers and text
    are grouped by hashing; only maths is compared in pairs, with other maths and with numbers and single letters. The
    partition does not depend on the order of the answers.

    Args:
        answers: shape (n,), as extracted.
        judge: decides and counts what it cannot settle; the interpreter's shared one if not given.

    Returns:
        Class numbers, shape (n,).
    """
    judge = judge or shared_judge()
    form_of = {answer: judge.form(answer) for answer in dict.fromkeys(answers)}
    forms = [form_of[answer] for answer in answers]
    classes = _classes([form for form in dict.fromkeys(forms) if form is not None], judge)
    numbers: dict[NormalForm, int] = {}
    ids = [-1 if form is None else numbers.setdefault(classes[form], len(numbers)) for form in forms]
    return np.array(ids, dtype=np.int64)


def grade(answers: Sequence[str | None], target: str, judge: Judge | None = None) -> Bools:
    """Say for each answer whether it is correct: whether it falls into one class with the target.

    That is the class rule above, because the target joins exactly those classes that have a member equivalent to it.
    A missing answer is wrong.

    Args:
        answers: shape (n,).
        target: the reference answer.
        judge: as for `group_answers`.

    Returns:
        Correctness, shape (n,).

    Raises:
        InputError: the target is empty.
    """
    classes = group_answers([*answers, target], judge)
    if classes[-1] < 0:
        raise InputError("the target is empty; give the reference answer")
    return np.asarray(classes[:-1] == classes[-1], dtype=np.bool_)


def _classes(forms: list[NormalForm], judge: Judge) -> dict[NormalForm, NormalForm]:
    """Map each normal form to its class's representative."""
    sets = DisjointSet(forms)
    maths = [form for form in forms if form.kind is Kind.MATHS and judge.comparable(form)]
    plain = [form for form in forms if form.kind is not Kind.MATHS and judge.comparable(form)] if maths else []
    for position, form in enumerate(maths):
        for other in (*maths[position + 1 :], *plain):
            if not sets.connected(form, other) and judge.same(form, other):
                sets.merge(form, other)
    return {form: sets[form] for form in forms}
