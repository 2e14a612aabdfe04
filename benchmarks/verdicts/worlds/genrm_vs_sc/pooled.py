"""Best-of-N against votes on pools of solutions: accuracies, maxima of them, crossings, exponents.

Questions, solutions and verdicts are made up (see `banks`), fitted by hand to the published runs:

- `RECORDED`, to the recorded pools of 749 GSM8K questions: share of right solutions .77 with a standard deviation of
  .24, a quarter of a question's wrong solutions alike, acceptance .77 and .04, two verdicts correlating .26, AUROC
  within questions .96, solutions and verifications of 328 and 827 characters. Accuracies of votes and of best-of-N come
  out within a point of the recorded ones.
- `LAB`, to the live run of lab-0.15m on 200 problems: share of right ones .44, most problems nearly all right or all
  wrong, acceptance .84 and .18 by how hard a problem is, so that the AUROC within problems is .53; a verification costs
  1.1 solutions. Its curves are flat, as the live ones are.
- `COIN`, `CAPABLE`, `HESITANT` and `DEPENDENT` have the live run's shape, and are what other claims need to be near
  their boundary. Neither votes nor verdicts are of use, and all cells tie; a verifier helps; it does so with more and
  more verdicts; its verdicts hang a little on how hard a problem is.

The truth of an estimate is what the same function says of the whole bank. Factors and exponents move in steps: their
boundary is where they are about to step over the margin (in one world, under it), so that many a sample is beyond. A
study takes .02 to .1 s, one of a made-up verifier with the same numbers 1 to 2 s.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from benchmarks.verdicts.world import RESAMPLES, Study, World, greater, within, world
from benchmarks.verdicts.worlds.genrm_vs_sc import tilts
from benchmarks.verdicts.worlds.genrm_vs_sc.banks import Bank, Measure, Model, always, bank
from common.arrays import Floats
from common.claims import Rule
from common.stats.estimates import Estimate, Found
from common.stats.resamples import from_resamples
from replications.genrm_vs_sc import compute, crossings, estimates
from replications.genrm_vs_sc.comparisons import Outcome
from replications.genrm_vs_sc.pools import Pools

QUESTIONS = 400
"""Of a bank."""
VOTES = (*range(1, 17), 20, 24, 32, 48, 64, 96, 128)
"""Numbers of votes; the published run has all up to 128 and some beyond. Neighbours hardly differ."""
LIVE: dict[str, Any] = {
    "solution": 0.35,
    "verification": 0.35,
    "votes": 128,
    "solutions": 32,
    "verdicts": 8,
    "n_verdicts": (1, 2, 4, 8),
    "vote_sizes": VOTES,
}
LAB = Model((0.15, 0.19), 0.6, (lambda share: 0.12 + 0.8 * share, lambda share: 0.1 + 0.8 * share), 0.25, 0.3, **LIVE)
COIN = Model((0.15, 0.15), 1e-6, (always(0.5), always(0.5)), 0.01, 0.3, mirrored=True, **LIVE)
CAPABLE = Model((0.4, 0.5), 1.5, (always(0.75), always(0.35)), 0.05, 0.3, **LIVE)
NO_VOTES: dict[str, Any] = LIVE | {"votes": 32, "vote_sizes": (1,)}
HESITANT = Model((0.3, 0.6), 3, (always(0.6), always(0.42)), 0.05, 0.1, **NO_VOTES)
DEPENDENT = Model(
    (0.15, 0.19),
    0.6,
    (lambda share: 0.5 + 0.3 * share, lambda share: 0.15 + 0.4 * share),
    0.1,
    0.5,
    **NO_VOTES,
)
RECORDED = Model(
    right=(1.55, 0.46),
    scatter=6,
    accepts=(lambda share: 0.62 + 0.19 * share, always(0.045)),
    between=0.12,
    within=0.18,
    solution=0.3,
    verification=0.19,
    votes=36,
    solutions=36,
    verdicts=4,
    n_verdicts=(1, 2, 3, 4),
    vote_sizes=(1, 2, 3, 4, 5, 6, 7, 8, 16, 32),
)
HARD = 9 / 25
"""Share of hard problems."""


@dataclass(frozen=True)
class Way:
    """A bank, which way it is tilted, and what is measured of it."""

    model: Model
    ratio: float  # cost of a verification in solutions
    along: Callable[[Bank], Floats]
    measure: Measure

    def at(self, tilt: float) -> Bank:
        """The bank, tilted."""
        given = replace(drawn(self.model), ratio=self.ratio)
        return given.tilted(tilt, self.along(given))

    def truth(self, tilt: float) -> float:
        """What is measured, in truth."""
        return self.at(tilt).truth(self.measure)

    def study(self, n: int, found: Callable[["Way", float], Bank]) -> Study:
        """A study of n questions of the bank that is `found` at a truth."""

        def study(truth: float, rng: np.random.Generator) -> Found:
            return self.measure(*found(self, truth).study(n, RESAMPLES, rng))

        return study


@cache
def drawn(model: Model) -> Bank:
    """The bank of a model, drawn once a process: a few seconds. A verification costs as much as a solution."""
    return bank(model, QUESTIONS, seed=1)


@cache
def smooth(way: Way, truth: float) -> Bank:
    """The bank where a smooth statistic is what is asked for."""
    return way.at(tilts.smooth(way.truth, truth))


def stepped(margin: float, *, up: bool = True) -> Callable[[Way, float], Bank]:
    """How to find the bank for a statistic in steps.

    On the margin where it is about to step over it, up or down, and elsewhere in the midst of a step.
    """
    return lambda way, truth: _edge(way, truth, up) if truth == margin else _middle(way, truth)


@cache
def _edge(way: Way, truth: float, up: bool) -> Bank:
    return way.at(tilts.edge(way.truth, truth, up=up))


@cache
def _middle(way: Way, truth: float) -> Bank:
    return way.at(tilts.middle(way.truth, truth))


def largest_gain(both: Sequence[Outcome], weights: Floats) -> Estimate:
    """Claim genrm-wins-later."""
    return from_resamples(compute.largest_gain(both[0].comparison), _n(both))


def sc_first(both: Sequence[Outcome], weights: Floats) -> Estimate:
    """Claim sc-first."""
    return estimates.sc_first(both[0].comparison, _n(both))


def hard_gains_more(both: Sequence[Outcome], weights: Floats) -> Estimate:
    """Claim hard-gains-more."""
    gains = estimates.hard_less_easy(both[0], hard(both[0].pools), weights)
    assert isinstance(gains, np.ndarray)
    return from_resamples(gains, _n(both))


def costs_more_to_match(both: Sequence[Outcome], weights: Floats) -> Estimate:
    """Claim costs-more-to-match."""
    return crossings.of_largest_vote(both[0].comparison, _n(both))


def costs_more_within_a_point(both: Sequence[Outcome], weights: Floats) -> Estimate:
    """Claim costs-more-within-a-point."""
    return crossings.of_peak(both[0].comparison, estimates.TOLERANCE, _n(both))


def fine_tuning_pays(both: Sequence[Outcome], weights: Floats) -> Estimate:
    """Claim fine-tuning-pays."""
    saved = compute.saving(both[0].comparison, both[1].comparison, estimates.TOLERANCE)
    return from_resamples(saved, _n(both))


def scale_solutions_faster(both: Sequence[Outcome], weights: Floats) -> Estimate:
    """Claim scale-solutions-faster, live."""
    return from_resamples(estimates.scale_faster(both[0], weights), _n(both))


def three_numbers_suffice(both: Sequence[Outcome], weights: Floats) -> Estimate:
    """Claim three-numbers-suffice."""
    return from_resamples(estimates.beyond_three_numbers(both[0], weights), _n(both))


def hard(pools: Pools) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which problems are hard: `HARD` of them, whatever else they are like."""
    return pools.questions % 25 < HARD * 25


def _n(both: Sequence[Outcome]) -> int:
    return len(both[0].pools.questions)


def _best_less_vote(given: Bank) -> Floats:
    return given.mean(lambda pools, at: at.genrm[:, -1, -1] - at.sc[:, -1])


def _low_budgets(given: Bank) -> Floats:
    return given.mean(lambda pools, at: at.sc[:, 3] + at.sc[:, 7] - at.genrm[:, :2, 0].sum(axis=1))


def _hard_less_easy(given: Bank) -> Floats:
    return given.mean(lambda pools, at: (at.genrm[:, -1, -1] - at.sc[:, -1]) * np.where(hard(pools), 1, -1))


def _eight_less_largest_vote(given: Bank) -> Floats:
    return given.mean(lambda pools, at: at.genrm[:, 3, 0] - at.sc[:, -1])


def _cells_less_votes(given: Bank) -> Floats:
    return given.mean(lambda pools, at: at.genrm.mean(axis=(1, 2)) - at.sc.mean(axis=1))


def _tuned_less_base(given: Bank) -> Floats:
    base, tuned = (at.genrm[:, 2:].mean(axis=(1, 2)) for _, at in given.verifiers)
    better: Floats = tuned - base
    return better


def _one_less_all_verdicts(given: Bank) -> Floats:
    return given.mean(lambda pools, at: at.genrm[:, -1, 0] - at.genrm[:, -1, -1])


def _best_less_one(given: Bank) -> Floats:
    return given.mean(lambda pools, at: at.genrm[:, -1, -1] - at.genrm[:, 0, 0])


_LIVE = "200 problems, 32 solutions with 8 verdicts each"
_POOLS = "749 questions, 36 solutions with 4 verdicts each"


class Setting(NamedTuple):
    """A world and where it lies."""

    kind: str
    shape: str
    n: int
    rule: Rule
    truths: tuple[float, ...]
    way: Way
    bank: Callable[[Way, float], Bank]  # at a truth

    def world(self) -> World:
        """The world."""
        return world(self.kind, self.shape, self.n, self.rule, self.truths, self.way.study(self.n, self.bank))


TIES = Setting(
    "lead within a budget",
    f"{_LIVE}, of no use",
    200,
    greater(0),
    (0.0, 0.01, 0.02),
    Way(COIN, 1.1, _low_budgets, sc_first),
    smooth,
)
MATCHES = Setting(
    "crossing",
    f"{_POOLS}, against the largest vote",
    749,
    greater(1),
    (1.0, 1.75, 2.5),
    Way(RECORDED, 3.0, _eight_less_largest_vote, costs_more_to_match),
    stepped(1),
)
CHEAPER = MATCHES._replace(shape=f"{_POOLS}, about to be less", truths=(1.0, 1.75), bank=stepped(1, up=False))
PEAKS = Setting(
    "crossing",
    f"{_LIVE}, within a point of the peak",
    200,
    greater(1),
    (1.0, 2.0, 4.0),
    Way(CAPABLE, 1.375, _cells_less_votes, costs_more_within_a_point),
    stepped(1),
)
SETTINGS = (
    Setting(
        "paired accuracy",
        f"{_LIVE}, best of all against votes",
        200,
        greater(0),
        (0.0, 0.03, 0.06),
        Way(LAB, 1.1, _best_less_vote, largest_gain),
        smooth,
    ),
    Setting(
        "difference of groups",
        f"{_LIVE}, {HARD:.0%} hard",
        200,
        greater(0),
        (0.0, 0.05, 0.1),
        Way(LAB, 1.1, _hard_less_easy, hard_gains_more),
        smooth,
    ),
    Setting(
        "lead within a budget",
        _LIVE,
        200,
        greater(0),
        (0.0, 0.01, 0.02),
        Way(LAB, 1.1, _low_budgets, sc_first),
        smooth,
    ),
    TIES,
    Setting(
        "lead within a budget",
        _POOLS,
        749,
        greater(0),
        (0.0, 0.003, 0.006),
        Way(RECORDED, 0.9, _low_budgets, sc_first),
        smooth,
    ),
    MATCHES,
    CHEAPER,
    PEAKS,
    Setting(
        "ratio of crossings",
        f"{_LIVE}, of two verifiers",
        200,
        greater(1),
        (1.0, 2.0, 4.0),
        Way(CAPABLE, 1.1, _tuned_less_base, fine_tuning_pays),
        stepped(1),
    ),
    Setting(
        "exponent",
        _LIVE,
        200,
        greater(0),
        (0.0, 0.112726749, 0.119047619),
        Way(HESITANT, 1.1, _one_less_all_verdicts, scale_solutions_faster),
        stepped(0),
    ),
    Setting(
        "accuracy equivalence",
        f"{_LIVE}, against a verifier of the same three numbers",
        200,
        within(0.03),
        (-0.03, -0.015, 0.0),
        Way(DEPENDENT, 1.1, _best_less_one, three_numbers_suffice),
        smooth,
    ),
)
WORLDS: list[World] = [setting.world() for setting in SETTINGS]
