"""Hypothesis tests, with the conventions this project needs spelled out (scipy underneath, statsmodels as
the check in the tests).

Rating scales are full of ties, and a model may give one answer to everything: where a test has
nothing to rank it returns p = 1, "no evidence", instead of NaN. The `*_counts` variants take
histograms instead of samples, so that thousands of bootstrap resamples are tested in one call;
they equal the scipy tests to rounding.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from common.arrays import Floats
from common.errors import InputError


def mann_whitney(x: ArrayLike, y: ArrayLike) -> float:
    """Two-sided p-value of the Mann-Whitney U test of two independent samples (tie-corrected normal approximation)."""
    x, y = _sample(x), _sample(y)
    if len(np.unique(np.concatenate([x, y]))) == 1:
        return 1.0
    return float(stats.mannwhitneyu(x, y, alternative="two-sided", method="asymptotic").pvalue)


def paired_wilcoxon(x: ArrayLike, y: ArrayLike) -> float:
    """Two-sided p-value of Wilcoxon's signed-rank test of paired samples.

    Zero differences are dropped, ties share their mean rank, normal approximation without
    continuity correction.
    """
    x, y = _sample(x), _sample(y)
    if len(x) != len(y):
        raise InputError(f"paired test of {len(x)} against {len(y)} values: keep only what both conditions answered")
    if (x == y).all():
        return 1.0
    return float(stats.wilcoxon(x, y, method="asymptotic").pvalue)


def mann_whitney_counts(x: ArrayLike, y: ArrayLike) -> Floats:
    """`mann_whitney` from histograms: counts of each answer category in order, shape [..., categories]."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    n_x, n_y = x.sum(-1), y.sum(-1)
    n = n_x + n_y
    ties = x + y
    mid_rank = np.cumsum(ties, -1) - (ties - 1) / 2
    u = (x * mid_rank).sum(-1) - n_x * (n_x + 1) / 2
    variance = n_x * n_y / 12 * ((n + 1) - (ties**3 - ties).sum(-1) / (n * (n - 1)))
    distance = np.abs(u - n_x * n_y / 2) - 0.5  # scipy's continuity correction
    return _two_sided(distance, variance)


def paired_wilcoxon_counts(differences: ArrayLike) -> Floats:
    """`paired_wilcoxon` from histograms of x - y on a symmetric integer grid -m..m, shape [..., 2m + 1]."""
    counts = np.asarray(differences, dtype=float)
    m = counts.shape[-1] // 2
    up, down = counts[..., m + 1 :], counts[..., m - 1 :: -1] if m else counts[..., :0]
    ties = up + down
    n = ties.sum(-1)
    mid_rank = np.cumsum(ties, -1) - (ties - 1) / 2
    w = (up * mid_rank).sum(-1)
    variance = n * (n + 1) * (2 * n + 1) / 24 - (ties**3 - ties).sum(-1) / 48
    return _two_sided(np.abs(w - n * (n + 1) / 4), variance)


def mcnemar(a: ArrayLike, b: ArrayLike) -> float:
    """Exact two-sided McNemar p-value for two methods graded right or wrong on the same questions."""
    a, b = np.asarray(a, dtype=bool), np.asarray(b, dtype=bool)
    if a.shape != b.shape:
        raise InputError(f"paired test of {a.size} against {b.size} outcomes: both need the same questions")
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    if only_a + only_b == 0:
        return 1.0
    return float(stats.binomtest(only_a, only_a + only_b).pvalue)


def holm(p: ArrayLike) -> Floats:
    """Holm-adjusted p-values along the last axis, in the order given; reject where they are <= alpha."""
    values = np.asarray(p, dtype=float)
    if np.isnan(values).any() or (values < 0).any() or (values > 1).any():
        raise InputError("p-values must lie in [0, 1]")
    order = np.argsort(values, axis=-1)
    remaining = np.arange(values.shape[-1], 0, -1)
    stepped = np.maximum.accumulate(np.take_along_axis(values, order, -1) * remaining, axis=-1)
    adjusted = np.empty_like(values)
    np.put_along_axis(adjusted, order, np.minimum(stepped, 1.0), -1)
    return adjusted


def _two_sided(distance: Floats, variance: Floats) -> Floats:
    """Two-sided normal p-value, 1 where nothing can be ranked."""
    ranked = variance > 0
    z = np.divide(distance, np.sqrt(np.where(ranked, variance, 1)), out=np.zeros_like(variance), where=ranked)
    return np.where(ranked, np.minimum(1.0, 2 * stats.norm.sf(z)), 1.0)


def _sample(x: ArrayLike) -> Floats:
    values = np.asarray(x, dtype=float)
    if values.ndim != 1 or len(values) == 0 or np.isnan(values).any():
        raise InputError("a test needs a non-empty one-dimensional sample without NaN")
    return values
