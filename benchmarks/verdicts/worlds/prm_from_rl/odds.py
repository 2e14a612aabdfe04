"""Judging right and solving, item by item: odds ratios of them, plain and within strata of difficulty.

Both are normal latents below thresholds that depend on an item's stratum: rare operands and length, and for judging
whether the solution is right (shares as published, .97 for 1). The latents of the base correlate by what makes the odds
ratio the true one; six runs share them. True values are those of endless items, solved for with the bivariate normal.

Three shapes: difficulty by stratum, so that the plain odds ratio is far above 1 where that within strata is 1; no
difficulty at all, for the plain one; and difficulty that is finer than the strata (every step has its own chance, the
same for judging and solving), where judging and solving are independent given the problem, which a reader would call
"difficulty alone".
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from scipy import optimize, stats

from benchmarks.verdicts.world import RESAMPLES, World, greater, world
from benchmarks.verdicts.worlds.prm_from_rl import judges
from benchmarks.verdicts.worlds.prm_from_rl.judges import ITEMS, SEEDS
from common.arrays import Floats
from common.stats.estimates import Found
from lab.arithmetic import chain_of
from replications.prm_from_rl import dependence, estimates, study
from replications.prm_from_rl.items import SteppedSolution
from replications.prm_from_rl.judging import Resampled
from replications.prm_from_rl.study import Study

SOLVED = np.array([0.97, 0.97, 0.97, 0.97, 0.72, 0.41, 0.64, 0.44, 0.58, 0.17, 0.43, 0.35, 0.17, 0.03, 0.3, 0.18])
JUDGED = np.array([0.97, 0.97, 0.97, 0.97, 0.7, 0.91, 0.59, 0.88, 0.51, 0.87, 0.34, 0.89, 0.17, 0.5, 0.25, 0.69])
"""By stratum as `dependence.strata` numbers them: 4 times rare operands, 2 for long, 1 for wrong."""
OWN_LOADING = 0.92
"""Of solving the judged problems, with the base."""
LIKE = 0.94
COMMON, RARE = 0.97, 0.7
"""Chance of a step with a common and with a rare operand, where difficulty is by step."""

Chances = Callable[[list[SteppedSolution]], tuple[Floats, Floats]]
"""Items -> chances to be solved and judged right, [n] each."""


def by_stratum(items: list[SteppedSolution]) -> tuple[Floats, Floats]:
    """As published."""
    strata = dependence.strata(items)
    return SOLVED[strata // 2 * 2], JUDGED[strata]


def level(items: list[SteppedSolution]) -> tuple[Floats, Floats]:
    """The same for all items."""
    return np.full(len(items), 0.5), np.full(len(items), 0.74)


def by_step(items: list[SteppedSolution]) -> tuple[Floats, Floats]:
    """A product over steps; a judge of a wrong solution need only get as far as the wrong step."""
    chains = [chain_of(item.problem) for item in items]
    ends = [
        len(chain.operations) if item.label < 0 else item.label + 1 for chain, item in zip(chains, items, strict=True)
    ]
    step = [np.array([RARE if right > 8 else COMMON for _, right in chain.operations]) for chain in chains]
    solved = np.array([one.prod() for one in step])
    return solved, np.array([one[:end].prod() for one, end in zip(step, ends, strict=True)])


@cache
def correlation(chances: Chances, plain: bool, wanted: float) -> float:
    """Of the latents of a run that gives an odds ratio of a logarithm."""
    if not wanted:
        return 0.0
    rng = np.random.default_rng(0)
    items, _ = judges.items(len(judges.inventory()), rng)
    pairs = np.stack([*chances(items), dependence.strata(items) * (not plain)], axis=1)
    kinds, counts = np.unique(pairs, axis=0, return_counts=True)

    def reached(rho: float) -> float:
        both = np.array([_both(a, b, rho) for a, b, _ in kinds])
        cells = np.stack([both, kinds[:, 1] - both, kinds[:, 0] - both, 1 + both - kinds[:, 0] - kinds[:, 1]])
        summed = np.array([cells[:, kinds[:, 2] == one] @ counts[kinds[:, 2] == one] for one in np.unique(kinds[:, 2])])
        a, b, c, d = summed.T
        total = summed.sum(axis=1)
        return float(np.log((a * d / total).sum() / (b * c / total).sum())) - wanted

    return float(optimize.brentq(reached, -0.9, 0.98))


def answered(chances: Chances, rho: float, rng: np.random.Generator) -> Study:
    """A study of six runs that solve and judge."""
    items, labels = judges.items(ITEMS, rng)
    solve, judge = chances(items)
    base, other = rng.standard_normal((2, ITEMS))
    shared = rho / (OWN_LOADING * judges.OUTCOME.loading)
    owned = judges.Arm(0.5, loading=OWN_LOADING, alike=LIKE)
    values: dict[study.Key, np.ndarray] = {}
    of_judging = judges.latents(judges.OUTCOME, shared * base + np.sqrt(1 - shared**2) * other, SEEDS, rng)
    of_solving = judges.latents(owned, base, SEEDS, rng)
    for seed in range(SEEDS):
        hit = of_judging[seed] < stats.norm.ppf(judge)
        values[study.OUTCOME, seed, 0, "judge"] = judges.said(hit, labels)
        values[study.OUTCOME, seed, 0, "own"] = (of_solving[seed] < stats.norm.ppf(solve)).astype(float)
    return Study(items, values)


def _both(first: float, second: float, rho: float) -> float:
    bars = stats.norm.ppf([first, second])
    return float(stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]]).cdf(bars))


def _related(kind: str, shape: str, truths: tuple[float, ...], claim: str, chances: Chances) -> World:
    def one(truth: float, rng: np.random.Generator) -> Found:
        made = answered(chances, correlation(chances, claim == "dependence-plain", truth), rng)
        return estimates.per_item(made, Resampled(made.items, rng, RESAMPLES))[claim]

    return world(kind, shape, ITEMS, greater(0), truths, one)


WITHIN, PLAIN = "log odds within strata", "log odds"
WORLDS = [
    _related(WITHIN, "400 items, 6 runs, difficulty by stratum", (0.0, 0.5, 1.0, 2.0), "dependence", by_stratum),
    _related(WITHIN, "400 items, 6 runs, difficulty finer than the strata", (0.0,), "dependence", by_step),
    _related(PLAIN, "400 items, 6 runs, no difficulty", (0.0, 0.5, 1.0), "dependence-plain", level),
]
