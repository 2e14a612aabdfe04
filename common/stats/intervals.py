"""Makers of estimates: point values that carry their uncertainty with them.

Questions (or questionnaire items) are the clusters: what is resampled is always a whole question
with all its answers (Miller 2024, arXiv 2411.00640). Small samples of yes/no outcomes get Wilson or
Clopper-Pearson intervals, since normal theory is too narrow there (Bowyer et al. 2025, arXiv 2503.01747).
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from common.arrays import Floats
from common.errors import InputError
from common.stats.estimates import Estimate, Interval

RECOUNT = "exact recount of fixed data"
"""Method of an estimate whose interval is the value itself."""


def recount(value: float, n: int) -> Estimate:
    """Wrap an exact count over fixed, complete data: nothing was sampled, the interval is the value itself."""
    return Estimate(value, n, RECOUNT, lambda level: (value, value))


def mean(x: ArrayLike, clusters: ArrayLike | None = None) -> Estimate:
    """Mean of `x` with a cluster-robust t interval.

    Args:
        x: observations, shape [m].
        clusters: cluster label of each observation, shape [m]; default: each is its own cluster.

    The standard error is sqrt(C/(C-1) * sum over clusters of (sum of deviations)^2) / m with C - 1
    degrees of freedom (Miller 2024, section 2.2, with the small-sample factor C/(C-1)).

    Raises:
        InputError: fewer than two clusters, NaN, or labels that do not match the observations.
    """
    x = _finite(x)
    labels = np.arange(len(x)) if clusters is None else np.asarray(clusters)
    if len(labels) != len(x):
        raise InputError(f"{len(x)} observations but {len(labels)} cluster labels: give one label each")
    _, index = np.unique(labels, return_inverse=True)
    c = int(index.max()) + 1
    if c < 2:
        raise InputError("an interval for a mean needs at least two clusters, got 1")
    sums = np.bincount(index, weights=x - x.mean())
    se = float(np.sqrt(c / (c - 1) * (sums**2).sum()) / len(x))
    value = float(x.mean())

    def interval(level: float) -> Interval:
        half = float(stats.t.ppf((1 + level) / 2, c - 1)) * se
        return value - half, value + half

    return Estimate(value, c, f"t interval, standard error clustered on {c} units", interval)


def wilson(successes: int, n: int) -> Estimate:
    """Proportion with the Wilson score interval."""
    return _binomial(successes, n, "wilson", "Wilson score interval")


def exact(successes: int, n: int) -> Estimate:
    """Proportion with the exact (Clopper-Pearson) interval."""
    return _binomial(successes, n, "exact", "Clopper-Pearson interval")


def resample(n: int, resamples: int, rng: np.random.Generator, strata: ArrayLike | None = None) -> NDArray[np.intp]:
    """Bootstrap indices, shape [resamples, n]; with `strata` (shape [n]) each draw stays within its stratum."""
    if n < 2 or resamples < 1:
        raise InputError(f"a bootstrap needs at least 2 units and 1 resample, got {n} and {resamples}")
    labels = np.zeros(n, dtype=np.intp) if strata is None else np.asarray(strata)
    if len(labels) != n:
        raise InputError(f"{n} units but {len(labels)} stratum labels: give one label each")
    indices = np.empty((resamples, n), dtype=np.intp)
    for stratum in np.unique(labels):
        members = np.flatnonzero(labels == stratum)
        indices[:, members] = rng.choice(members, size=(resamples, len(members)))
    return indices


def from_draws(value: float, draws: ArrayLike, n: int, method: str) -> Estimate:
    """Estimate with percentile intervals from bootstrap draws (shape [resamples]).

    An infinite draw is a crossing that never happened in that resample; it is ordered like any other
    number, so an end of the interval may be infinite. Quantiles are order statistics, never mixtures.
    """
    ordered = np.sort(np.asarray(draws, dtype=float))
    if len(ordered) == 0 or np.isnan(ordered).any():
        raise InputError("bootstrap draws must be numbers, got none or NaN: the statistic is undefined on a resample")

    def interval(level: float) -> Interval:
        low, high = (max(math.ceil(len(ordered) * q) - 1, 0) for q in ((1 - level) / 2, (1 + level) / 2))
        return float(ordered[low]), float(ordered[high])

    return Estimate(float(value), n, method, interval, finest_p=2 / (len(ordered) + 1))


def from_bounds(value: float, least: float, most: float, spread: ArrayLike, n: int, method: str) -> Estimate:
    """Estimate of what is known to lie between two numbers on average, with an interval that reaches from one to the
    other and beyond them by their spread.

    Args:
        value: the number to show, between both.
        least: one whose mean is at most the truth.
        most: one whose mean is at least the truth.
        spread: deviations of either from its mean in bootstrap resamples, shape [resamples].
        n, method: as of any estimate.
    """
    around = from_draws(0.0, spread, n, method)

    def interval(level: float) -> Interval:
        low, high = around.interval(level)
        return least + low, most + high

    return Estimate(float(value), n, method, interval, finest_p=around.finest_p)


def bootstrap(
    statistic: Callable[[NDArray[np.intp]], float],
    n: int,
    rng: np.random.Generator,
    resamples: int = 2000,
    strata: ArrayLike | None = None,
    unit: str = "question",
) -> Estimate:
    """Percentile bootstrap of `statistic`, a function of the indices (shape [n]) of the units that count.

    Whatever is computed from the same indices is paired: to compare two methods on the same
    questions, let `statistic` return the difference (see `paired_bootstrap`).
    """
    draws = [statistic(indices) for indices in resample(n, resamples, rng, strata)]
    return from_draws(statistic(np.arange(n)), draws, n, bootstrap_name(n, resamples, unit))


def paired_bootstrap(
    a: ArrayLike, b: ArrayLike, rng: np.random.Generator, resamples: int = 2000, unit: str = "question"
) -> Estimate:
    """Mean of a - b over the same questions, percentile bootstrap over questions.

    Args:
        a, b: one score a question (average repeated samples first), both of shape [questions].
        rng, resamples, unit: as in `bootstrap`.
    """
    a, b = _finite(a), _finite(b)
    if len(a) != len(b):
        raise InputError(f"paired comparison of {len(a)} against {len(b)} scores: both need the same questions")
    difference = a - b
    return bootstrap(lambda indices: float(difference[indices].mean()), len(a), rng, resamples, unit=unit)


def bootstrap_name(n: int, resamples: int, unit: str) -> str:
    """Describe a percentile bootstrap in the words that results record."""
    return f"percentile bootstrap over {n} {unit}s, {resamples} resamples"


def _binomial(successes: int, n: int, method: str, name: str) -> Estimate:
    if n < 1 or not 0 <= successes <= n:
        raise InputError(f"{successes} successes of {n} is not a proportion: need 0 <= successes <= n, n >= 1")

    def interval(level: float) -> Interval:
        ends = stats.binomtest(successes, n).proportion_ci(level, method)
        return float(ends.low), float(ends.high)

    return Estimate(successes / n, n, name, interval)


def _finite(x: ArrayLike) -> Floats:
    values = np.asarray(x, dtype=float)
    if values.ndim != 1 or len(values) == 0 or not np.isfinite(values).all():
        raise InputError("need a non-empty one-dimensional list of finite numbers")
    return values
