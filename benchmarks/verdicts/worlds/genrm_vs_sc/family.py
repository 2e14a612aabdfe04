"""All primary claims of the live notebook at their boundary at once, as nearly as can be, on one study's data."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from scipy import optimize

from benchmarks.verdicts.world import World
from benchmarks.verdicts.worlds.genrm_vs_sc import pooled, tilts
from benchmarks.verdicts.worlds.genrm_vs_sc.banks import Bank, Model, always
from common import claims
from common.arrays import Floats
from common.stats.estimates import Estimate, Found
from common.stats.resamples import from_resamples
from replications.genrm_vs_sc import estimates
from replications.genrm_vs_sc.comparisons import Outcome

RESAMPLES = 1000
"""Holm asks for ends at a level that fewer do not have."""
PROBLEMS = 200
ALIKE = Model((0.3, 0.4), 1.2, (always(0.72), always(0.42)), 0.02, 0.95, **pooled.LIVE)
"""A verifier that helps as much as votes for the same compute, by verdicts that hardly vary."""
MEASURES = {
    "sc-first": pooled.sc_first,
    "genrm-wins-later": pooled.largest_gain,
    "costs-more-within-a-point": pooled.costs_more_within_a_point,
    "fine-tuning-pays": pooled.fine_tuning_pays,
}


@cache
def all_at_their_boundary() -> Bank:
    """A bank where votes and best-of-N are worth the same: all primary claims of the live run are at their boundary.

    The verifiers are equally good. The lead at low budgets and the gain at the largest are 0. The cell of 4 solutions
    and a verification each just comes within a point of the peak, at .76 of what votes pay for it: none costs the same.
    """
    given = replace(pooled.drawn(ALIKE), ratio=0.9)
    ways = [
        given.mean(lambda pools, at: at.sc[:, 3] + at.sc[:, 7] - at.genrm[:, 1:3, 0].sum(axis=1)),
        given.mean(lambda pools, at: at.genrm[:, -1, -1] - at.sc[:, -1]),
        given.mean(lambda pools, at: at.genrm[:, 2, 0] - at.sc[:, 12]),
    ]

    def tilted(by: Floats) -> Bank:
        return given.tilted(1, by @ np.stack(ways))

    def beyond(by: Floats) -> list[float]:
        return [tilted(by).truth(measure) - wanted for measure, wanted in wanted_of.items()]

    wanted_of = {pooled.sc_first: 0.0, pooled.largest_gain: 0.0, _reach: tilts.SAME}
    return tilted(optimize.root(beyond, np.zeros(3)).x)


def _family(truth: float, rng: np.random.Generator) -> Mapping[str, Found]:
    drawn = all_at_their_boundary().study(PROBLEMS, RESAMPLES, rng)
    return {name: measure(*drawn) for name, measure in MEASURES.items()}


def _reach(both: Sequence[Outcome], weights: Floats) -> Estimate:
    """How far the cell of 4 solutions and a verification each is within a point of the peak."""
    given = both[0].comparison
    return from_resamples(given.verified[:, 2, 0] - given.sc_peak[0] + estimates.TOLERANCE, PROBLEMS)


WORLDS = [
    World(
        "family",
        f"genrm_vs_sc, {len(MEASURES)} primary claims, {PROBLEMS} problems",
        PROBLEMS,
        (0.0,),
        _family,
        {name: claims.rules("genrm_vs_sc")[name] for name in MEASURES},
    )
]
