"""Brier scores: of one forecast less another's of the same answers, and less that of the base rate.

An answer is right with a chance that is beta-distributed, most of it near 0 and 1, as the published P(True) of lab
samples are (mean .6). A forecast is this chance, but in a share of lapses another draw of the same distribution. So its
Brier score is E chance (1 - chance) + 2 V lapses, with the variance V of the chance: true differences are exact. Lapses
of .28 would give the published score of .197; two forecasts lapse on half of the same answers, to the same value.
"""

import numpy as np

from benchmarks.verdicts.world import RESAMPLES, Study, less, world
from common.arrays import Floats
from common.stats.calibration import estimates
from common.stats.calibration.resampling import forecasts
from common.stats.estimates import Found
from replications.p_true.p_true.scoring import beyond_base_rate

A, B = 0.8, 0.6
VARIANCE = A * B / ((A + B) ** 2 * (A + B + 1))
LAPSES = 0.4
"""Share of lapses of the forecast that another is compared with."""
TOGETHER = 0.5
"""Chance that two forecasts share the draw that decides on a lapse, and its value."""


def _difference(n: int) -> Study:
    def study(truth: float, rng: np.random.Generator) -> Found:
        chance, right = _answers(n, rng)
        together = rng.random(n) < TOGETHER
        u, v = rng.random(n), rng.beta(A, B, n)
        draws = (u, v), (np.where(together, u, rng.random(n)), np.where(together, v, rng.beta(A, B, n)))
        shares = LAPSES + truth / (2 * VARIANCE), LAPSES
        a, b = (
            forecasts(np.where(lapse < share, value, chance), right)
            for (lapse, value), share in zip(draws, shares, strict=True)
        )
        return estimates.brier_difference(a, b, rng, RESAMPLES)

    return study


def _beyond_base_rate(n: int) -> Study:
    def study(truth: float, rng: np.random.Generator) -> Found:
        chance, right = _answers(n, rng)
        lapses = (truth / VARIANCE + 1) / 2
        stated = np.where(rng.random(n) < lapses, rng.beta(A, B, n), chance)
        return beyond_base_rate(forecasts(stated, right), rng, RESAMPLES)

    return study


def _answers(n: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Chance of each answer to be right, and whether it is, [n] each."""
    chance = rng.beta(A, B, n)
    return chance, (rng.random(n) < chance).astype(float)


GAINS = (0.0, -0.01, -0.02)
WORLDS = [
    *(world("Brier difference", f"{n} answers", n, less(0), GAINS, _difference(n)) for n in (600, 800)),
    world("Brier score beyond base rate", "800 answers", 800, less(0), GAINS, _beyond_base_rate(800)),
]
