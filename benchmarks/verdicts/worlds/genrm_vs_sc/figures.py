"""Estimates read off a printed figure (paper genrm_vs_sc): what their intervals cover, and what they do not.

The interval of such an estimate moves every marker within its reading error, and nothing else. It is asked about two
truths. What is *printed*: a figure is read with the error that the interval reckons with. And what is true of the
*problems*: 128 of a population are drawn, and their figure is read. The population is fitted to Figure 1(b), to 2
points: the share of right solutions is beta-distributed; a verifier accepts right ones with .98, wrong ones with .31,
two of its verdicts on one correlate by .33; it is no help on .56 of the problems. Its truth is tilted as that of a bank
(see `banks`), towards problems that many solutions help. A study takes .05 s.
"""

from functools import cache

import numpy as np
from scipy import special

from benchmarks.verdicts.world import RESAMPLES, World, greater, world
from benchmarks.verdicts.worlds.genrm_vs_sc import tilts
from common.arrays import Floats
from common.stats.estimates import Estimate, Found
from replications.genrm_vs_sc import controls, estimates, figure1b
from replications.genrm_vs_sc.controls import MadeUp
from replications.genrm_vs_sc.pools import Pools

CLAIM = "scale-solutions-faster"
RIGHT, USEFUL = (0.58, 1.10), 0.44
VERIFIER, NO_HELP = MadeUp(0.98, 0.31, 0.33), MadeUp(0.5, 0.5, 0.33)
POPULATION, SOLUTIONS = 600, 512
MANY_SOLUTIONS = np.where(figure1b.SIZES > 1, np.log2(figure1b.SIZES) - 4, 0)[:, None]
"""How a cell counts for what many solutions help, [S, 1]."""


def read(printed: Floats, perturbations: int, rng: np.random.Generator) -> Found:
    """The claim's estimate from accuracies in percent, [S, V], as if they were read off the figure."""
    figure = figure1b.within_error(figure1b.SC, printed, perturbations, rng)
    return estimates.recorded(figure, figure1b.PROBLEMS, figure)[CLAIM]


def misread(printed: Floats, rng: np.random.Generator) -> Floats:
    """Printed accuracies as a reader may take them."""
    taken: Floats = figure1b.within_error(figure1b.SC, printed, 1, rng).verified[1]
    return taken


@cache
def problems() -> Floats:
    """Accuracies in percent on every problem of the population, [Q, S, V]."""
    rng = np.random.default_rng(1)
    useful = rng.random(POPULATION) < USEFUL
    right = (rng.random((POPULATION, SOLUTIONS)) < rng.beta(*RIGHT, size=(POPULATION, 1))).astype(float)
    pools = Pools(np.arange(POPULATION), 1 - right.astype(int), right, right[..., None], np.ones(right.shape, bool))
    helped, unhelped = (
        controls.accuracy(one, pools, figure1b.SIZES, figure1b.N_VERDICTS) for one in (VERIFIER, NO_HELP)
    )
    return 100 * np.where(useful[:, None, None], helped, unhelped)


def shares(tilt: float) -> Floats:
    """How much each problem of the population counts, [Q]."""
    counts: Floats = special.softmax(tilt * (problems() / 100 * MANY_SOLUTIONS).mean(axis=(1, 2)))
    return counts


def printed(tilt: float) -> Floats:
    """Accuracies on the whole population, [S, V]."""
    mean: Floats = np.tensordot(shares(tilt), problems(), axes=1)
    return mean


@cache
def tilt(truth: float) -> float:
    """By how much to tilt the population until it has this truth; on the margin, until it is about to step over."""

    def in_truth(by: float) -> float:
        found = read(printed(by), 1, np.random.default_rng(0))
        assert isinstance(found, Estimate)
        return found.value

    return tilts.edge(in_truth, truth, up=True) if truth == 0 else tilts.middle(in_truth, truth)


def _printed(truth: float, rng: np.random.Generator) -> Found:
    return read(misread(printed(tilt(truth)), rng), RESAMPLES, rng)


def _problems(truth: float, rng: np.random.Generator) -> Found:
    drawn = rng.choice(POPULATION, size=figure1b.PROBLEMS, p=shares(tilt(truth)))
    return read(misread(problems()[drawn].mean(axis=0), rng), RESAMPLES, rng)


TRUTHS = (0.0, 0.043956044, 0.065934066)
WORLDS: list[World] = [
    world("figure reading", shape, figure1b.PROBLEMS, greater(0), TRUTHS, study)
    for shape, study in (
        ("what is printed, read to .05 points", _printed),
        (f"the problems of which {figure1b.PROBLEMS} are printed", _problems),
    )
]
