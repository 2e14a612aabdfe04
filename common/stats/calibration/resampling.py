"""Question-level bootstrap of statistics that need only know how often each question was drawn.

A resample of Q questions is a vector of Q counts, so a statistic of counts, shape [resamples, Q], covers a
block of resamples in a few array operations. A resample that leaves the statistic undefined (no right answer in
it, say) is left out, and the method says how many were.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from common.arrays import Floats, Ints
from common.errors import InputError
from common.stats import intervals
from common.stats.calibration import check
from common.stats.estimates import Estimate

Statistic = Callable[[Floats], Floats]
"""Counts of each question, shape [block, questions] -> values, shape [block], NaN where undefined."""

MOST_ENTRIES = 2_000_000  # rows times resamples handled at once: bounds memory, costs no time


@dataclass(frozen=True, slots=True)
class Forecasts:
    """Probabilities, outcomes (0 or 1) and questions of n rows, shape [n] each; made by `forecasts`."""

    p: Floats
    c: Floats
    question: Ints
    """Which of `names` a row belongs to."""
    names: tuple[object, ...]
    """Labels of the questions, sorted."""

    def sums(self, *values: Floats) -> list[Floats]:
        """Sum over the rows of each question: values of shape [n] -> shape [questions] each."""
        return [np.bincount(self.question, value, len(self.names)).astype(np.float64) for value in values]


def forecasts(p: ArrayLike, c: ArrayLike, questions: ArrayLike | None = None) -> Forecasts:
    """Check and bundle what a predictor said and what happened.

    Args:
        p: probabilities, shape [n].
        c: outcomes, 0 or 1, shape [n].
        questions: label of the question of each row, shape [n]; default: each row is its own question.

    Raises:
        InputError: empty, lengths that differ, probabilities outside [0, 1], outcomes other than 0 and 1, or fewer
            than two questions.
    """
    p, c = check.with_outcomes(p, c)
    labels = np.arange(len(p)) if questions is None else np.asarray(questions)
    if labels.shape != p.shape:
        raise InputError(f"{len(p)} probabilities but questions of shape {labels.shape}: give one label a row")
    names, index = np.unique(labels, return_inverse=True)
    if len(names) < 2:
        raise InputError("an interval needs rows of at least two questions, got 1")
    return Forecasts(p, c, index.astype(np.int64), tuple(names.tolist()))


def same_questions(a: Forecasts, b: Forecasts) -> None:
    """Check that two predictors can be paired; how many rows a question has may differ.

    Raises:
        InputError: the questions differ.
    """
    if a.names != b.names:
        odd = len(set(a.names) ^ set(b.names))
        raise InputError(f"a paired comparison needs the same questions on both sides, but {odd} are on one side only")


def bootstrap(statistic: Statistic, of: Forecasts, rng: np.random.Generator, resamples: int) -> Estimate:
    """Percentile bootstrap over questions, undefined resamples left out.

    Raises:
        InputError: the statistic is undefined on the data itself or on every resample.
    """
    value = float(statistic(np.ones((1, len(of.names))))[0])
    if np.isnan(value):
        raise InputError("the statistic is undefined on these forecasts")
    values = draws(statistic, of, rng, resamples)
    defined = values[~np.isnan(values)]
    return intervals.from_draws(value, defined, len(of.names), name(of, resamples, resamples - len(defined)))


def draws(statistic: Statistic, of: Forecasts, rng: np.random.Generator, resamples: int) -> Floats:
    """The statistic of each resample, NaN where undefined, shape [resamples]."""
    if resamples < 1:
        raise InputError(f"a bootstrap needs at least 1 resample, got {resamples}")
    return np.concatenate([statistic(counts) for counts in _resampled_counts(of, rng, resamples)])


def name(of: Forecasts, resamples: int, undefined: int = 0) -> str:
    """Describe the bootstrap in the words that results record."""
    plain = intervals.bootstrap_name(len(of.names), resamples, "question")
    return f"{plain}, {undefined} of them undefined and left out" if undefined else plain


def _resampled_counts(of: Forecasts, rng: np.random.Generator, resamples: int) -> Iterator[Floats]:
    n = len(of.names)
    block = max(1, MOST_ENTRIES // len(of.p))
    for start in range(0, resamples, block):
        drawn = intervals.resample(n, min(block, resamples - start), rng)
        cell = drawn + n * np.arange(len(drawn))[:, None]
        yield np.bincount(cell.ravel(), minlength=cell.size).reshape(cell.shape).astype(np.float64)
