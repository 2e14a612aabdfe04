"""Where best-of-N first reaches the accuracy of a vote, at how many times its compute; and how sure that is."""

from dataclasses import replace

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
    """The cheapest cell at or above an accuracy [R], over a number of solutions [R], with its interval.

    That a factor is at most 1 takes two things of a cell, to reach the accuracy and not to cost more. Where a cell does
    both only just, few resamples may do both, or hardly any neither, though nothing is certain (Efron & Tibshirani
    1998, "The problem of regions"): percentiles of the factor are too sure of themselves. So either thing has half of
    alpha (Bonferroni). From below, the end is the smallest over cells (an intersection-union test, Berger 1982), and a
    cell is out below a factor if in a quarter of alpha of the resamples it reaches the accuracy, or costs so little.
    From above, the price of a verification is the highest but for a quarter of alpha, in all resamples alike.
    """
    reaches = comparison.verified >= accuracy[:, None, None] - ROUNDING
    factors = comparison.cost / size[:, None, None]
    found = from_resamples(_smallest(factors, reaches), n)
    ordered, share = np.sort(factors[1:], axis=0), reaches[1:].mean(axis=0)

    def interval(level: float) -> Interval:
        rare, (low, high) = (1 - level) / 4, found.interval(level)
        cheap = _quantile(ordered, rare)[share >= rare].min(initial=np.inf)
        dearest = np.full_like(comparison.ratio, _quantile(comparison.ratio[1:], 1 - rare))
        dear = _smallest(replace(comparison, ratio=dearest).cost / size[:, None, None], reaches)
        return min(low, float(cheap)), max(high, float(_quantile(dear[1:], 1 - rare)))

    method = f"{found.method}, accuracy and price apart"
    return Estimate(found.value, n, method, interval, finest_p=2 * found.finest_p)


def _smallest(factors: Floats, reaches: Bools) -> Floats:
    smallest: Floats = np.where(reaches, factors, np.inf).min(axis=(1, 2))
    return smallest


def _quantile(resamples: Floats, level: float) -> Floats:
    """Over the first axis; an order statistic, as infinite ones cannot be mixed."""
    found: Floats = np.quantile(resamples, level, axis=0, method="inverted_cdf")
    return found
