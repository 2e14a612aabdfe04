"""Answer classes: which solutions of a problem vote together.

The caller groups answers by equivalence and numbers the groups. Two spellings of one answer in two classes
split its vote while both are graded correct, which biases a vote downwards, so a class whose
members are graded differently is refused here rather than averaged.
"""

import numpy as np
from numpy.typing import ArrayLike

from common.arrays import Bools, Floats, Ints
from common.errors import InputError
from common.stats.voting import pools


def answer_classes(answers: ArrayLike, credit: Floats, mask: Bools) -> Ints:
    """Class of each solution, renumbered 0..K-1 within its problem; -1 if invalid or absent.

    Args:
        answers: whole numbers, equal for equal answers of one problem, negative for invalid, shape [..., N].
        credit: checked correctness, shape [..., N].
        mask: present solutions, shape [..., N].

    Raises:
        InputError: shapes that differ, labels that are not whole, an invalid answer with credit, or a class
            whose members differ in credit.
    """
    given = answers if isinstance(answers, np.ndarray) else pools.numbers(answers, "answers")
    pools.same_shape("answers", given, mask)
    label = np.full(mask.shape, -1)
    label[mask] = pools.whole(given[mask], "answers")
    voting = label >= 0
    if credit[mask & ~voting].any():
        raise InputError("an invalid answer (negative label) is marked correct: label it or mark it wrong")
    row = np.nonzero(voting.reshape(-1, mask.shape[-1]))[0]
    _, code = np.unique(label[voting], return_inverse=True)
    _, first, index = np.unique(row * (len(code) + 1) + code, return_index=True, return_inverse=True)
    if np.any(credit[voting][first][index] != credit[voting]):
        raise InputError("solutions of one answer class differ in correctness: grade classes, not spellings")
    start_of_row = np.searchsorted(row[first], row)
    classes = np.full(mask.shape, -1)
    classes[voting] = index - start_of_row
    return classes


def tally(label: Ints, *values: Floats) -> list[Floats]:
    """Sum of each value over each class: labels and values [R, N] -> [R, K] each; invalid counts nowhere."""
    n_classes = int(label.max(initial=0)) + 1
    return [pools.sums_by(label, n_classes, value) for value in values]
