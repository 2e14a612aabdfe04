"""Estimates read off a printed figure (paper genrm_vs_sc): what their intervals cover, and what they do not.

The interval of such an estimate moves every marker within its reading error, and nothing else. It is asked about two
truths. What is *printed*: curves are those of Figure 1(b), moved as a whole towards small or large S, and read with the
error that the interval reckons with. And what is true of the *problems*: the figure's 128 are drawn from a population,
printed without error, and read. Its problems are fitted to the figure (.4 points): the share of right solutions is
beta-distributed; a verifier accepts right ones with .98, wrong ones with .31, two of its verdicts on one correlate by
.33; it is no help on .56 of the problems. A study takes .1 s.
"""

from functools import cache

import numpy as np
from scipy import special

from benchmarks.verdicts.world import RESAMPLES, World, greater, world
from benchmarks.verdicts.worlds import tilts
from common.arrays import Floats
from common.stats.estimates import Estimate, Found
from replications.genrm_vs_sc import controls, estimates, figure1b
from replications.genrm_vs_sc.controls import MadeUp
from replications.genrm_vs_sc.pools import Pools

CLAIM = "scale-solutions-faster"
RIGHT, USEFUL = (0.58, 1.10), 0.44
VERIFIER, NO_HELP = MadeUp(0.98, 0.31, 0.33), MadeUp(0.5, 0.5, 0.33)
POPULATION, SOLUTIONS = 600, 512
TOWARDS_LARGE = np.where(figure1b.SIZES > 1, np.log2(figure1b.SIZES) - 4, 0)[:, None] / 4
"""Points that a tilt of 1 adds to a cell, [S, 1]."""


def read(printed: Floats, perturbations: int, rng: np.random.Generator) -> Found:
    """The claim's estimate from accuracies in percent, [S, V], as if they were read off the figure."""
    figure = figure1b.within_error(figure1b.SC, printed, perturbations, rng)
    return estimates.recorded(figure, figure1b.PROBLEMS, figure)[CLAIM]


def misread(printed: Floats, rng: np.random.Generator) -> Floats:
    """Printed accuracies as a reader may take them."""
    taken: Floats = figure1b.within_error(figure1b.SC, printed, 1, rng).verified[1]
    return taken


def printed(tilt: float) -> Floats:
    """Figure 1(b) with its curves tilted."""
    return figure1b.GENRM + tilt * TOWARDS_LARGE


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


def sampled(tilt: float) -> Floats:
    """How much each problem of the population counts when tilted towards those that many solutions help, [Q]."""
    counts: Floats = special.softmax(5 * tilt * (problems() / 100 * TOWARDS_LARGE).mean(axis=(1, 2)))
    return counts


def _in_truth(curves: Floats) -> float:
    found = read(curves, 1, np.random.default_rng(0))
    assert isinstance(found, Estimate)
    return found.value


@cache
def _tilt(truth: float, *, of_problems: bool) -> float:
    def in_truth(tilt: float) -> float:
        return _in_truth(np.tensordot(sampled(tilt), problems(), axes=1) if of_problems else printed(tilt))

    return tilts.edge(in_truth, truth, 0) if truth <= 0 else tilts.middle(in_truth, truth)


def _printed(truth: float, rng: np.random.Generator) -> Found:
    return read(misread(printed(_tilt(truth, of_problems=False)), rng), RESAMPLES, rng)


def _problems(truth: float, rng: np.random.Generator) -> Found:
    counts = sampled(_tilt(truth, of_problems=True))
    drawn = rng.choice(POPULATION, size=figure1b.PROBLEMS, p=counts)
    return read(misread(problems()[drawn].mean(axis=0), rng), RESAMPLES, rng)


WORLDS: list[World] = [
    world(
        "figure reading",
        "the figure as printed, read to .05 points",
        figure1b.PROBLEMS,
        greater(0),
        (-0.027662279, 0.021978022, 0.065934066),
        _printed,
    ),
    world(
        "figure reading",
        f"the problems of which {figure1b.PROBLEMS} are in the figure",
        figure1b.PROBLEMS,
        greater(0),
        (0.0, 0.043956044, 0.065934066),
        _problems,
    ),
]
