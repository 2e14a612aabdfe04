"""The weakest of several AUROC differences: whether every model, seed or condition has what is claimed.

Five differences of judges of the same answers (see `discrimination`). The truth is the smallest of five true ones: all
five are alike, which is where picking the worst estimate matters most, or one lies `APART` below the others, as where a
claim fails for one model alone.
"""

import numpy as np
from scipy import special

from benchmarks.verdicts.world import RESAMPLES, Study, greater, world
from benchmarks.verdicts.worlds.discrimination import ALIKE, REFERENCE, distance, right_answers
from common.stats.calibration import estimates
from common.stats.estimates import Estimate
from replications.p_true.weakest import weakest

SEVERAL = 5
APART = 0.1


def differences(n: int, truth: float, apart: float, rng: np.random.Generator) -> list[Estimate]:
    """Five differences from one judge on n answers: the first is truly `truth`, the others lie `apart` above it."""
    right = right_answers(n, 0.5, rng)
    shared, *own = rng.standard_normal((SEVERAL + 2, n))
    noise = np.sqrt(ALIKE) * shared + np.sqrt(1 - ALIKE) * np.array(own)
    gains = [truth, *[truth + apart] * (SEVERAL - 1), 0.0]
    *judges, reference = (
        estimates.forecasts(special.expit(distance(REFERENCE + gain) * right + one), right)
        for gain, one in zip(gains, noise, strict=True)
    )
    seed = rng.integers(2**32)  # each difference starts from the same seed, as `Scoring` has it
    return [estimates.auroc_difference(judge, reference, np.random.default_rng(seed), RESAMPLES) for judge in judges]


def _study(n: int, apart: float) -> Study:
    return lambda truth, rng: weakest(greater(0), differences(n, truth, apart, rng))


WORLDS = [
    world("weakest of several", f"5 AUROC differences{how}, 800 answers", 800, greater(0), (0.0, 0.03, 0.06), study)
    for how, study in ((", all alike", _study(800, 0.0)), (", one below the others", _study(800, APART)))
]
