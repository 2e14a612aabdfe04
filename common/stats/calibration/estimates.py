"""Calibration, scores and discrimination with intervals: what is resampled is a question with all its rows.

Point values equal those of `scores`. Paired differences resample the questions of both
predictors together; they must have the same questions, not the same rows, so two models that were each judged on
their own samples can be compared.
"""

import numpy as np

from common.arrays import Floats
from common.errors import InputError
from common.stats.calibration import check, resampling, scores
from common.stats.calibration.resampling import Forecasts, Statistic, forecasts, same_questions
from common.stats.estimates import Estimate

__all__ = [
    "Forecasts",
    "auroc",
    "auroc_difference",
    "brier",
    "brier_difference",
    "conditional_accuracy_gain",
    "forecasts",
    "log_score",
]


def brier(of: Forecasts, rng: np.random.Generator, resamples: int = 2000) -> Estimate:
    """Brier score over all rows (`scores.brier`)."""
    return resampling.bootstrap(_row_mean(of, scores.squared_errors(of.p, of.c)), of, rng, resamples)


def log_score(of: Forecasts, rng: np.random.Generator, resamples: int = 2000) -> Estimate:
    """Log score over all rows, in nats, clipped (`scores.log_score`)."""
    return resampling.bootstrap(_row_mean(of, scores.surprises(of.p, of.c)), of, rng, resamples)


def auroc(of: Forecasts, rng: np.random.Generator, resamples: int = 2000) -> Estimate:
    """AUROC over all rows (`scores.auroc`).

    Raises:
        InputError: all outcomes equal.
    """
    return resampling.bootstrap(_auroc(of), of, rng, resamples)


def conditional_accuracy_gain(
    of: Forecasts, rng: np.random.Generator, resamples: int = 2000, threshold: float = 0.5
) -> Estimate:
    """Accuracy of the rows with p > threshold minus accuracy of all rows (Kadavath et al. 2022, section 4).

    At a fixed threshold the gain also moves with the base rate: read it beside AUROC.

    Raises:
        InputError: no row is above the threshold.
    """
    if not (of.p > threshold).any():
        raise InputError(f"no probability is above {threshold:g}: there is no conditional accuracy")
    above = (of.p > threshold).astype(np.float64)
    columns = np.stack(of.sums(above, above * of.c, np.ones_like(of.p), of.c), axis=1)

    def gain(counts: Floats) -> Floats:
        n_above, right_above, n, right = (counts @ columns).T
        return np.asarray(_ratio(right_above, n_above) - right / n)

    return resampling.bootstrap(gain, of, rng, resamples)


def brier_difference(a: Forecasts, b: Forecasts, rng: np.random.Generator, resamples: int = 2000) -> Estimate:
    """Brier score of a minus that of b, paired by question: negative where a is better.

    Raises:
        InputError: questions that differ.
    """
    same_questions(a, b)
    of_a, of_b = (_row_mean(f, scores.squared_errors(f.p, f.c)) for f in (a, b))
    return resampling.bootstrap(lambda counts: of_a(counts) - of_b(counts), a, rng, resamples)


def auroc_difference(a: Forecasts, b: Forecasts, rng: np.random.Generator, resamples: int = 2000) -> Estimate:
    """AUROC of a minus that of b, paired by question: positive where a is better.

    Raises:
        InputError: questions that differ, or all outcomes of one side equal.
    """
    same_questions(a, b)
    of_a, of_b = _auroc(a), _auroc(b)
    return resampling.bootstrap(lambda counts: of_a(counts) - of_b(counts), a, rng, resamples)


def _row_mean(of: Forecasts, values: Floats) -> Statistic:
    """Mean over rows as a statistic of question counts."""
    columns = np.stack(of.sums(values, np.ones_like(values)), axis=1)

    def mean(counts: Floats) -> Floats:
        total, n = (counts @ columns).T
        return np.asarray(total / n)

    return mean


def _auroc(of: Forecasts) -> Statistic:
    """AUROC as a statistic of question counts: the Mann-Whitney U of weighted rows, sorted once."""
    check.both_classes(of.c, "AUROC")
    order = np.argsort(of.p, kind="stable")
    _, starts = np.unique(of.p[order], return_index=True)
    right, question = of.c[order], of.question[order]

    def area(counts: Floats) -> Floats:
        weight = counts[:, question]
        positive = np.add.reduceat(weight * right, starts, axis=1)
        negative = np.add.reduceat(weight * (1 - right), starts, axis=1)
        below = np.cumsum(negative, axis=1) - negative / 2
        return _ratio((positive * below).sum(axis=1), positive.sum(axis=1) * negative.sum(axis=1))

    return area


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """Quotient, NaN where the bottom is 0."""
    return np.divide(top, bottom, out=np.full_like(bottom, np.nan), where=bottom > 0)
