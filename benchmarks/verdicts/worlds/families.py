"""Primary claims of one experiment that are judged together, all on their boundaries at once.

P(True): one model's scores of the same answers in three conditions, and the likelihood, are exchangeable, so that no
condition and no score is better than another; the three claims share data as they do in the replication.
"""

from collections.abc import Mapping

import numpy as np
from scipy import special

from benchmarks.verdicts.world import RESAMPLES, World, greater, less
from benchmarks.verdicts.worlds.discrimination import ALIKE, REFERENCE, distance, right_answers
from common.stats.calibration import estimates
from common.stats.calibration.resampling import forecasts
from common.stats.estimates import Found

FAMILY = "family"


def p_true(n: int) -> World:
    """ideas-help, shots-calibrate and beats-likelihood on n answers."""

    def study(truth: float, rng: np.random.Generator) -> Mapping[str, Found]:
        right = right_answers(n, 0.5, rng)
        shared, *own = rng.standard_normal((5, n))
        noise = np.sqrt(ALIKE) * shared + np.sqrt(1 - ALIKE) * np.array(own)
        scores = special.expit(distance(REFERENCE) * right + noise)
        twenty, six, one, likelihood = (forecasts(score, right) for score in scores)
        seed = rng.integers(2**32)  # each estimate starts from the same seed, as `Scoring` has it

        def draws() -> np.random.Generator:
            return np.random.default_rng(seed)

        return {
            "ideas-help": estimates.auroc_difference(six, one, draws(), RESAMPLES),
            "shots-calibrate": estimates.brier_difference(twenty, six, draws(), RESAMPLES),
            "beats-likelihood": estimates.auroc_difference(twenty, likelihood, draws(), RESAMPLES),
        }

    rules = {"ideas-help": greater(0), "shots-calibrate": less(0), "beats-likelihood": greater(0)}
    return World(FAMILY, f"p_true, 3 primary claims, {n} answers", n, (0.0,), study, rules)


WORLDS = [p_true(800)]
