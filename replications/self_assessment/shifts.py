"""How far scores move when only the prompt changes, and how often that is significant.

Everything is computed for many weightings of the items at once: weights of one are the data as they
are, multinomial weights are bootstrap resamples of items within each trait. Ratings take five
values, so a weighted sample is a histogram and a rank test of thousands of resamples is one call.

Array axes, in this order: resample r, model m (or whoever else answers), trait t, condition c (template x order) or
pair p, item i.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from common.arrays import Bools, Floats
from common.stats import tests
from replications.self_assessment.answers import MODELS, ORDERS, TEMPLATES, TRAITS

CONDITIONS = [(template, order) for order in ORDERS for template in TEMPLATES]
TEMPLATE_PAIRS = [((a, "original"), (b, "original")) for a, b in itertools.combinations(TEMPLATES, 2)]
ORDER_PAIRS = [((template, "original"), (template, "reversed")) for template in TEMPLATES]
PAIRS = TEMPLATE_PAIRS + ORDER_PAIRS
PAIR_NAMES = [f"{a[0]}-{b[0]}" for a, b in TEMPLATE_PAIRS] + [f"{a[0]} order" for a, _ in ORDER_PAIRS]
BETWEEN_TEMPLATES = slice(0, len(TEMPLATE_PAIRS))
BETWEEN_ORDERS = slice(len(TEMPLATE_PAIRS), len(TEMPLATE_PAIRS) + len(ORDER_PAIRS))

_FIRST = [CONDITIONS.index(a) for a, _ in PAIRS]
_SECOND = [CONDITIONS.index(b) for _, b in PAIRS]
RATINGS = np.arange(1, 6)
STEPS = np.arange(-4, 5)


@dataclass(frozen=True)
class Ratings:
    """Ratings 1-5 of one scoring, NaN where dropped: shape [m, t, c, i], with i within the trait."""

    values: Floats

    @property
    def differences(self) -> Floats:
        """Rating in a pair's first condition less that in its second, NaN unless both were answered: [m, t, p, i]."""
        return self.values[:, :, _FIRST] - self.values[:, :, _SECOND]


def ratings(
    scored: pd.DataFrame,
    column: str,
    models: Sequence[str] = MODELS,
    conditions: Sequence[tuple[str, str]] = CONDITIONS,
) -> Ratings:
    """Arrange a column of a scored frame (see `answers.read`) as an array."""
    wide = scored.pivot(index=["model", "template", "order"], columns=["trait", "item"], values=column)
    cells = [[wide.xs((model, *condition)) for condition in conditions] for model in models]
    values = [[[cell[trait].to_numpy(float) for cell in of_model] for trait in TRAITS] for of_model in cells]
    return Ratings(np.array(values))


def mann_whitney_p(data: Ratings, weights: Floats) -> Floats:
    """p-values of unpaired tests between a pair's conditions, over all answered items: [r, m, t, p]."""
    histograms = _histograms(data.values, weights, RATINGS)
    with np.errstate(invalid="ignore"):  # a condition without any answer: p = 1
        return tests.mann_whitney_counts(histograms[:, :, :, _FIRST], histograms[:, :, :, _SECOND])


def wilcoxon_p(data: Ratings, weights: Floats) -> Floats:
    """p-values of paired tests between a pair's conditions, over items answered in both: [r, m, t, p]."""
    return tests.paired_wilcoxon_counts(_histograms(data.differences, weights, STEPS))


def significant(p: Floats, alpha: float, correct: bool) -> Bools:
    """Which tests reject at `alpha`, with Holm's correction over each model's 30 if `correct`: [r, m, t, p]."""
    if correct:
        p = tests.holm(p.reshape(*p.shape[:2], -1)).reshape(p.shape)
    return p <= alpha


def significance(data: Mapping[str, Ratings], w: Floats, alpha: float) -> dict[str, Floats]:
    """Rejections as 0/1, shape [r, m, t, p], by "<scoring>[_paired][_holm]"."""
    rejected = {}
    for scoring, ratings in data.items():
        for test, p in (("", mann_whitney_p(ratings, w)), ("_paired", wilcoxon_p(ratings, w))):
            for correction in ("", "_holm"):
                rejects = significant(p, alpha, correct=bool(correction))
                rejected[f"{scoring}{test}{correction}"] = rejects.astype(float)
    return rejected


def shift(data: Ratings, weights: Floats) -> Floats:
    """Absolute difference of a trait score between a pair's conditions, less its noise floor: [r, m, t, p].

    Scores are means over the items answered in both; NaN where there are none. The floor is the mean absolute
    difference to expect if each item's two answers could be swapped at will: the expected absolute value of a sum
    of the differences with random signs, sqrt(2/pi * sum d^2) / n in normal approximation.
    """
    differences = data.differences
    answered = _weigh(~np.isnan(differences), weights)
    squares = _weigh(np.nan_to_num(differences) ** 2, weights)
    return distance(differences, weights) - _share(np.sqrt(2 / np.pi * squares), answered)


def distance(differences: Floats, weights: Floats) -> Floats:
    """Absolute mean over items of differences [m, t, p, i], NaN where none was answered: [r, m, t, p]."""
    answered = _weigh(~np.isnan(differences), weights)
    return _share(np.abs(_weigh(np.nan_to_num(differences), weights)), answered)


def share_equal(differences: Floats, weights: Floats) -> Floats:
    """Share of zeros among differences [m, t, p, i], NaN where none was answered: [r, m, p]."""
    equal = _weigh(differences == 0, weights).sum(2)
    return _share(equal, _weigh(~np.isnan(differences), weights).sum(2))


def _share(part: Floats, whole: Floats) -> Floats:
    """part / whole, NaN where there is no whole."""
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def _weigh(x: NDArray[np.generic], weights: Floats) -> Floats:
    """Weighted sums over items, [m, t, p, i] and [r, t, i] -> [r, m, t, p]."""
    sums: Floats = np.einsum("rti,mtpi->rmtp", weights, x.astype(float), optimize=True)
    return sums


def _histograms(x: Floats, weights: Floats, bins: NDArray[np.int_]) -> Floats:
    """Weighted counts of each value, [r, m, t, p, bins]; NaN is in no bin."""
    one_hot = (x[..., None] == bins).astype(float)
    counts: Floats = np.einsum("rti,mtpik->rmtpk", weights, one_hot, optimize=True)
    return counts
