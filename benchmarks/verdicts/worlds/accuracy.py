"""Means over questions: shares, paired accuracies, and differences of probabilities.

Data are one difference a question. Two ways to answer get most questions right or wrong alike, so a difference of
accuracies is 0 with probability `SAME` and else beta-distributed on [-1, 1]; over 200 questions that makes intervals
.06 wide, as the published ones of paired accuracies are (.016 to .09). Differences of P(IK) under two prompts are
small for most questions and large for a few: exponential, with a standard deviation of `SPREAD`, near the published
.08 to .1 over 800 questions.
"""

import numpy as np

from benchmarks.verdicts.world import RESAMPLES, Study, greater, world
from common.arrays import Floats
from common.stats import intervals
from common.stats.estimates import Found

SAME = 0.8
SPREAD = 0.1


def alike_but_few(n: int, gain: float, rng: np.random.Generator) -> Floats:
    """Differences of two accuracies of each question, [n], `gain` on average."""
    apart = gain / (1 - SAME)
    values = 2 * rng.beta(1 + apart, 1 - apart, size=n) - 1
    return np.where(rng.random(n) < SAME, 0.0, values)


def skewed(n: int, mean: float, rng: np.random.Generator) -> Floats:
    """Differences of two probabilities of each question, [n], `mean` on average."""
    return mean + SPREAD * (rng.exponential(size=n) - 1)


def _paired(n: int) -> Study:
    def study(truth: float, rng: np.random.Generator) -> Found:
        return intervals.paired_bootstrap(alike_but_few(n, truth, rng), np.zeros(n), rng, RESAMPLES)

    return study


def _mean(n: int) -> Study:
    return lambda truth, rng: intervals.mean(skewed(n, truth, rng))


def _share(n: int) -> Study:
    return lambda truth, rng: intervals.wilson(int(rng.binomial(n, truth)), n)


WORLDS = [
    *(world("share", f"{n} answers", n, greater(0.5), (0.5, 0.55, 0.6), _share(n)) for n in (100, 800)),
    *(
        world("paired accuracy", f"{n} questions, most answered alike", n, greater(0), (0.0, 0.02, 0.04), _paired(n))
        for n in (200, 500, 749)
    ),
    *(
        world("mean", f"{n} questions, skewed differences", n, greater(0), (0.0, 0.01, 0.02), _mean(n))
        for n in (157, 300, 800)
    ),
]
