"""Multiple choice: from a table of option probabilities to rows of probability and outcome.

Kadavath et al. 2022 (arXiv 2207.05221, appendix A) use two populations: the calibration chart pools all options,
right and wrong ones, while the ECE takes the top prediction of each question. Questions with different numbers
of options are converted number by number and the rows concatenated. Probabilities of one question may sum to
less than 1 (mass outside the options), never to more.
"""

import numpy as np
from numpy.typing import ArrayLike

from common.arrays import Floats, Ints
from common.errors import InputError
from common.stats.calibration import check


def top_label(probabilities: ArrayLike, keys: ArrayLike) -> tuple[Floats, Floats]:
    """The largest option probability of each question, and whether that option is the key.

    Where t options tie at the top, the outcome is 1 / t if the key is among them: the chance that a fair
    tie-break picks it. So the place of an option in the list never matters.

    Args:
        probabilities: shape [n, k].
        keys: index of the right option, shape [n].

    Returns:
        (p, c), shape [n] each.

    Raises:
        InputError: probabilities outside [0, 1] or summing to more than 1, keys outside 0..k-1, or shapes that differ.
    """
    table, key = _checked(probabilities, keys)
    top = table.max(axis=1)
    tied = table == top[:, None]
    return top, tied[np.arange(len(key)), key] / tied.sum(axis=1)


def all_options(probabilities: ArrayLike, keys: ArrayLike) -> tuple[Floats, Floats]:
    """Every option's probability, and whether it is the key: shape [n * k] each, question by question.

    The k rows of a question are not independent: exactly one of them came true. Args, Raises: as `top_label`.
    """
    table, key = _checked(probabilities, keys)
    is_key = key[:, None] == np.arange(table.shape[1])
    return table.ravel(), is_key.ravel().astype(np.float64)


def _checked(probabilities: ArrayLike, keys: ArrayLike) -> tuple[Floats, Ints]:
    table, key = check.questions(probabilities, keys, "option probabilities")
    check.probabilities(table.ravel())
    if table.sum(axis=1).max() > 1 + 1e-6:
        raise InputError(f"option probabilities of a question sum to {table.sum(axis=1).max():g}: normalise them")
    return table, key
