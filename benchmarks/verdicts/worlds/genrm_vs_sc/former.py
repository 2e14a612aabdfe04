"""Percentiles of leads and of factors, which the claims rested on until 2026-12-01, before the same worlds."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchmarks.verdicts.worlds.genrm_vs_sc import pooled
from common.arrays import Floats
from common.stats.estimates import Estimate
from common.stats.resamples import from_resamples
from replications.genrm_vs_sc import compute, estimates
from replications.genrm_vs_sc.comparisons import Outcome
from replications.genrm_vs_sc.compute import ROUNDING


def best_votes(both: Sequence[Outcome], weights: Floats) -> Estimate:
    """Lead of votes over best-of-N within low budgets, by the best of either."""
    leads = [compute.lead(both[0].comparison, budget) for budget in estimates.LOW_BUDGETS]
    return from_resamples(-np.mean(leads, axis=0), weights.shape[1])


def largest_vote(both: Sequence[Outcome], weights: Floats) -> Estimate:
    """Compute to reach the largest vote, over that of the vote."""
    given = both[0].comparison
    return from_resamples(compute.cost_to_reach(given, given.sc[:, -1]) / given.sc_sizes[-1], weights.shape[1])


def peak(both: Sequence[Outcome], weights: Floats) -> Estimate:
    """Compute to come within a point of the peak, over what votes need for that."""
    given = both[0].comparison
    enough = given.sc_peak[0] - estimates.TOLERANCE
    own = given.sc_sizes[(given.sc >= enough[:, None] - ROUNDING).argmax(axis=1)]
    return from_resamples(compute.cost_to_reach(given, enough) / own, weights.shape[1])


WORLDS = [
    setting._replace(kind=f"former {setting.kind}", way=replace(setting.way, measure=measure)).world()
    for setting, measure in (
        (pooled.TIES, best_votes),
        (pooled.MATCHES, largest_vote),
        (pooled.CHEAPER, largest_vote),
        (pooled.PEAKS, peak),
    )
]
