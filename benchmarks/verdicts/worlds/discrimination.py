"""How well scores tell right from wrong: AUROC, differences of two, equivalence, accuracy above one half.

Scores are binormal: normal with unit variance around 0 for wrong answers and around a distance for right ones, so the
AUROC is Phi(distance / sqrt(2)). The scores of two judges of the same answers correlate by `ALIKE`. A judge that counts
how often an answer occurs among five samples has six scores; its distance is solved for.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from scipy import optimize, special, stats

from benchmarks.verdicts.world import RESAMPLES, Study, World, greater, within, world
from common.arrays import Floats
from common.stats.calibration import estimates
from common.stats.estimates import Found, attempt

ALIKE = 0.5
REFERENCE = 0.75
"""AUROC of the judge that another is compared with."""
CUTS = np.array([-1.0, -0.25, 0.5, 1.25, 2.0])
"""Where six scores part."""

Score = Callable[[Floats], Floats]


def distance(auroc: float) -> float:
    """Between the mean scores of right and wrong answers, in standard deviations."""
    return float(np.sqrt(2) * stats.norm.ppf(auroc))


@cache
def distance_of_six(auroc: float) -> float:
    """The same where six scores are told apart."""

    def reached(apart: float) -> float:
        shares = [np.diff(stats.norm.cdf(np.concatenate([[-np.inf], CUTS - at, [np.inf]]))) for at in (0, apart)]
        below = np.cumsum(shares[0]) - shares[0] / 2
        return float((shares[1] * below).sum()) - auroc

    return float(optimize.brentq(reached, 0, 8))


def right_answers(n: int, share: float, rng: np.random.Generator) -> Floats:
    """Whether each answer is right, [n]."""
    return (rng.random(n) < share).astype(float)


def pair(n: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Two standard normal scores of each answer, [n] each, correlated by `ALIKE`."""
    shared, *own = rng.standard_normal((3, n))
    first, second = (np.sqrt(ALIKE) * shared + np.sqrt(1 - ALIKE) * one for one in own)
    return first, second


def _auroc(n: int, share: float) -> Study:
    def study(truth: float, rng: np.random.Generator) -> Found:
        right = right_answers(n, share, rng)
        score = special.expit(distance(truth) * right + rng.standard_normal(n))
        return attempt(lambda: estimates.auroc(estimates.forecasts(score, right), rng, RESAMPLES))

    return study


def _difference(n: int, share: float, *, six: bool = False) -> Study:
    def study(truth: float, rng: np.random.Generator) -> Found:
        right, (first, second) = right_answers(n, share, rng), pair(n, rng)
        mine = special.expit(distance(REFERENCE + truth) * right + first)
        if six:
            other = np.searchsorted(CUTS, distance_of_six(REFERENCE) * right + second) / len(CUTS)
        else:
            other = special.expit(distance(REFERENCE) * right + second)
        a, b = (estimates.forecasts(score, right) for score in (mine, other))
        return attempt(lambda: estimates.auroc_difference(a, b, rng, RESAMPLES))

    return study


def _above_half(n: int) -> Study:
    """Half of the answers are right; the gain is the share right above one half, less one half."""

    def study(truth: float, rng: np.random.Generator) -> Found:
        right = right_answers(n, 0.5, rng)
        apart = 2 * stats.norm.ppf(0.5 + truth)  # of means at -apart/2 and apart/2, cut at 0
        score = special.expit(apart * (right - 0.5) + rng.standard_normal(n))
        of = estimates.forecasts(score, right)
        return attempt(lambda: estimates.conditional_accuracy_gain(of, rng, RESAMPLES))

    return study


GAINS = (0.0, 0.03, 0.06)
WORLDS: list[World] = [
    *(
        world("AUROC", f"{n} answers, {share:.0%} right", n, greater(0.5), (0.5, 0.55, 0.6), _auroc(n, share))
        for n, share in ((800, 0.5), (600, 0.05), (300, 0.04), (120, 0.5))
    ),
    *(
        world("AUROC difference", f"{n} answers, {share:.0%} right", n, greater(0), GAINS, _difference(n, share))
        for n, share in ((800, 0.5), (600, 0.1), (300, 0.04))
    ),
    world(
        "AUROC difference",
        "800 answers, 50% right, six scores",
        800,
        greater(0),
        GAINS,
        _difference(800, 0.5, six=True),
    ),
    world("AUROC equivalence", "800 answers, 50% right", 800, within(0.05), (0.05, 0.0), _difference(800, 0.5)),
    world("accuracy above one half", "800 answers, 50% right", 800, greater(0), GAINS, _above_half(800)),
]
