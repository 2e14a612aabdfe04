"""Where best-of-N first reaches the accuracy of a vote, at how many times its compute; and how sure that is."""

import numpy as np

from common.arrays import Bools, Floats, Ints
from common.stats.estimates import Estimate, Interval
from common.stats.resamples import from_resamples
from replications.genrm_vs_sc.compute import ROUNDING, Comparison


def of_largest_vote(comparison: Comparison, n: int) -> Estimate:
    """Compute of the cheapest cell at or above the largest vote's accuracy, over that of this vote."""
    return _first(comparison, comparison.sc[:, -1], comparison.sc_sizes[-1:], n)


def of_peak(comparison: Comparison, tolerance: float, n: int) -> Estimate:
    """Compute of the cheapest cell that comes within `tolerance` of self-consistency's peak, over that of the fewest
    solutions with which self-consistency itself does."""
    enough = comparison.sc_peak[0] - tolerance
    own = (comparison.sc >= enough[:, None] - ROUNDING).argmax(axis=1)
    return _first(comparison, enough, comparison.sc_sizes[own], n)


def _first(comparison: Comparison, accuracy: Floats, size: Ints, n: int) -> Estimate:
    reaches = comparison.verified >= accuracy[:, None, None] - ROUNDING
    return smallest(reaches, comparison.cost / size[:, None, None], n)


def smallest(reaches: Bools, factors: Floats, n: int) -> Estimate:
    """The smallest factor among cells that reach a level, or infinity, with its interval.

    Percentiles are too sure of a lower end. That a factor is at most 1 takes two things of some cell, to reach the
    level and not to cost more. Where it just does both, many a sample has few resamples in which it does both, though
    neither is in doubt (Efron & Tibshirani 1998, "The problem of regions"). So the lower end is the smallest over cells
    (an intersection-union test, Berger 1982), and a cell is out below a factor only if in a quarter of alpha of the
    resamples it reaches the level, or costs so little (Bonferroni). The upper end is the percentile.

    Args:
        reaches: whether a cell does, in the data and each resample, [R, S, V].
        factors: its compute over that of what it is held against, [R, S, V].
        n: number of questions.
    """
    found = from_resamples(np.where(reaches, factors, np.inf).min(axis=(1, 2)), n)
    ordered, share = np.sort(factors[1:], axis=0), reaches[1:].mean(axis=0)

    def interval(level: float) -> Interval:
        rare, (low, high) = (1 - level) / 4, found.interval(level)
        cheap = np.quantile(ordered, rare, axis=0, method="inverted_cdf")
        return min(low, float(cheap[share >= rare].min(initial=np.inf))), high

    method = f"{found.method}, lower end cell by cell"
    return Estimate(found.value, n, method, interval, finest_p=2 * found.finest_p)
