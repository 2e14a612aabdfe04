"""What the claims rest on: one estimate a claim, by claim id."""

import numpy as np
import pandas as pd

from common import guards
from common.stats import intervals
from common.stats.calibration import estimates as calibration
from common.stats.calibration.resampling import forecasts
from common.stats.estimates import Found, attempt


def estimates(rows: pd.DataFrame, rng: np.random.Generator, resamples: int) -> dict[str, Found]:
    """An estimate for every claim that has a rule and is about the subject, or why there is none.

    Args:
        rows: responses (`experiment.respond`).
        rng: generator of the resamples.
        resamples: bootstrap resamples of the questions.
    """
    right = rows["right"].to_numpy(float)
    stated = np.exp(rows["logprob"].to_numpy(float))
    likelier = attempt(lambda: calibration.auroc(forecasts(stated, right), rng, resamples))
    return {
        "answers-most": intervals.wilson(int(right.sum()), len(right)),
        "likelier-is-righter": guards.both(likelier, right),
    }
