"""One temperature for all options: softmax(log-probabilities / T).

T > 1 flattens, T < 1 sharpens; the order of the options stays. Kadavath et al. 2022 (arXiv 2207.05221, section 3.3)
use one temperature to mend a tuned model's calibration. Here T maximises the likelihood of the keys
(Guo et al. 2017, arXiv 1706.04599, section 4.2) and must be fitted on other questions than it is judged on:
`fitting_half` splits them.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from common.arrays import Bools, Floats
from common.errors import InputError
from common.stats.calibration import check

COLDEST, HOTTEST = 1e-3, 1e3


def fit(log_probabilities: ArrayLike, keys: ArrayLike) -> float:
    """The temperature at which the keys are likeliest, searched in log T over [0.001, 1000].

    Args:
        log_probabilities: of the options, shape [n, k], natural logarithm, each row up to a constant.
        keys: index of the right option, shape [n].

    Raises:
        InputError: infinite or NaN log-probabilities, keys that do not fit, or no finite best temperature: all
            keys are top options (T -> 0), or keys are no likelier than other options on average (T -> infinity).
    """
    table, key = check.questions(log_probabilities, keys, "log-probabilities")
    if not np.isfinite(table).all():
        raise InputError("log-probabilities must be finite: give impossible options a small probability")
    key_less_option = table[np.arange(len(key)), key, None] - table
    if (key_less_option >= 0).all():
        raise InputError("every key is its question's top option: the best temperature is 0, fit on more questions")
    if key_less_option.mean() <= 0:
        raise InputError("keys are no likelier than other options: the best temperature is infinite, nothing to fit")

    def surprise(log_t: float) -> float:
        return float(special.logsumexp(-key_less_option / np.exp(log_t), axis=1).mean())

    bounds = (np.log(COLDEST), np.log(HOTTEST))
    found = optimize.minimize_scalar(surprise, bounds=bounds, method="bounded", options={"xatol": 1e-8})
    return float(np.exp(found.x))


def apply(log_probabilities: ArrayLike, temperature: float) -> Floats:
    """Option probabilities at a temperature, softmax(log-probabilities / T) by row, shape [n, k].

    Raises:
        InputError: a temperature that is not positive and finite, NaN, or log-probabilities that are no table.
    """
    if not 0 < temperature < np.inf:
        raise InputError(f"the temperature must be positive and finite, got {temperature}")
    table = check.table(log_probabilities, "log-probabilities")
    return np.asarray(special.softmax(table / temperature, axis=1))


def fitting_half(questions: ArrayLike, rng: np.random.Generator) -> Bools:
    """Mask of the rows to fit on: all rows of a random half of the questions; the rest is for judging.

    Args:
        questions: question of each row, shape [n].
        rng: generator of the split.

    Raises:
        InputError: fewer than two questions.
    """
    labels, index = np.unique(np.asarray(questions), return_inverse=True)
    if len(labels) < 2:
        raise InputError(f"two halves need at least two questions, got {len(labels)}")
    chosen = rng.permutation(len(labels)) < len(labels) // 2
    return np.asarray(chosen[index])
