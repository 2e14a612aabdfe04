"""Excess calibration error of one predictor, and contrasts between predictors of the same questions.

What is said is drawn first; an answer is then right with a chance that falls short of it, so that the calibration error
of the population, in ten bins of equal count, is exactly the asked truth. A letter's probability spreads from .25 to a
reach, 1 for a large model and .3 for one that chooses at chance, and its letters are right less often by one factor.
P(True) lies mostly near 0 and 1 with a mean of .57, as published of lab samples; answers are right less often where it
is high, and more often where it is low, as in the published reliability tables. `Hidden` is the worst case for the
interval (see `excess.least_bias`): gaps as wide as their noise, which raise a measured error least.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import special, stats

from benchmarks.verdicts.world import REDRAWS, RESAMPLES, Study, greater, less, world
from common.arrays import Floats
from common.stats.calibration import excess
from common.stats.calibration.excess import BINS
from common.stats.estimates import Found
from replications.p_true.choices.estimates import slope
from replications.p_true.choices.prompts import SHOTS
from replications.p_true.ladder import Model

CHANCE = 0.25
A, B = 0.8, 0.6
ERROR = 0.1
"""Calibration error of all predictors that are compared, where none is better."""
REACHES = {"0.05m": 0.3, "0.15m": 0.35, "0.45m": 0.7, "1.3m": 1.0}
"""By size of the lab's ladder, with `PARAMETERS` of them."""
PARAMETERS = (50_000, 150_000, 450_000, 1_300_000)


@dataclass(frozen=True)
class Letters:
    """The top letter: what is said spreads from chance to a reach."""

    reach: float = 1.0

    def draw(self, n: int, error: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Probabilities and outcomes of n questions, with a calibration error."""
        p = CHANCE + (self.reach - CHANCE) * rng.beta(1.2, 1.2, n)
        falls_short = error / (CHANCE + self.reach) * 2
        return p, (rng.random(n) < p * (1 - falls_short)).astype(float)


@dataclass(frozen=True)
class PTrue:
    """P(True) of samples: too near to 0 and to 1."""

    def draw(self, n: int, error: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Probabilities and outcomes of n samples, with a calibration error."""
        p = rng.beta(A, B, n)
        chance = p + error / _from_mean() * (A / (A + B) - p)
        return p, (rng.random(n) < chance).astype(float)


@dataclass(frozen=True)
class Hidden:
    """P(True) whose gaps are in proportion to their noise, towards one half."""

    def draw(self, n: int, error: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Probabilities and outcomes of n samples, with a calibration error."""
        p = rng.beta(A, B, n)
        up = np.where(p < stats.beta.ppf(0.5, A, B), 1, -1)  # turns at an edge of two bins
        return p, (rng.random(n) < p + error / _noise() * up * np.sqrt(p * (1 - p))).astype(float)


@cache
def _noise() -> float:
    """Mean standard deviation of an outcome of P(True)."""
    return float(special.beta(A + 0.5, B + 0.5) / special.beta(A, B))


@cache
def _from_mean() -> float:
    """Mean distance from the mean of the ten equal parts of a beta distribution, each at its own mean."""
    edges = stats.beta.ppf(np.linspace(0, 1, BINS + 1), A, B)
    mean = A / (A + B)
    return float(np.abs(np.diff(stats.beta.cdf(edges, A + 1, B)) * mean * BINS - mean).mean())


def _level(n: int, said: Letters | PTrue | Hidden) -> Study:
    def study(truth: float, rng: np.random.Generator) -> Found:
        return excess.measure({"said": said.draw(n, truth, rng)}, rng, RESAMPLES, REDRAWS).contrast({"said": 1.0})

    return study


def _difference(n: int, first: Letters, second: Letters) -> Study:
    def study(truth: float, rng: np.random.Generator) -> Found:
        cells = {"first": first.draw(n, ERROR + truth, rng), "second": second.draw(n, ERROR, rng)}
        return excess.measure(cells, rng, RESAMPLES, REDRAWS).contrast({"first": 1.0, "second": -1.0})

    return study


def _slope(n: int) -> Study:
    models = [Model(size, "", size, parameters=count) for size, count in zip(REACHES, PARAMETERS, strict=True)]
    x = np.log10(PARAMETERS) - np.mean(np.log10(PARAMETERS))

    def study(truth: float, rng: np.random.Generator) -> Found:
        cells = {
            (size, "letters", SHOTS): Letters(reach).draw(n, ERROR + truth * at, rng)
            for (size, reach), at in zip(REACHES.items(), x, strict=True)
        }
        return excess.measure(cells, rng, RESAMPLES, REDRAWS).contrast(slope([[model] for model in models]))

    return study


LETTERS, P_TRUE, HIDDEN = "top letters", "P(True)", "P(True) with gaps as wide as their noise"
WORLDS = [
    *(
        world("excess ECE", f"{what}, {n} questions, at most .05", n, less(0.05), (0.05, 0.02, 0.0), _level(n, said))
        for what, said, n in (
            (LETTERS, Letters(), 1400),
            (P_TRUE, PTrue(), 800),
            (HIDDEN, Hidden(), 800),
            (P_TRUE, PTrue(), 200),
        )
    ),
    *(
        world(
            "excess ECE", f"{what}, {n} questions, at least .05", n, greater(0.05), (0.05, 0.08, 0.11), _level(n, said)
        )
        for what, said, n in ((P_TRUE, PTrue(), 800),)
    ),
    world(
        "excess ECE difference",
        "top letters of one spread, 1400 questions",
        1400,
        greater(0),
        (0.0, 0.02, 0.04),
        _difference(1400, Letters(), Letters()),
    ),
    world(
        "excess ECE difference",
        "top letters of a narrow and a wide spread, 1400 questions",
        1400,
        greater(0),
        (0.0, 0.02, 0.04),
        _difference(1400, Letters(), Letters(0.35)),
    ),
    world(
        "excess ECE difference",
        "slope over four sizes, 1400 questions",
        1400,
        less(0),
        (0.0, -0.02, -0.04),
        _slope(1400),
    ),
]
