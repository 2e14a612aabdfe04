"""Answers with a P(True) of our own making, as `p_true.recorded.read` gives them: one rises with being right."""

import numpy as np
import pandas as pd

from replications.p_true.p_true.recorded import Recorded


def recorded(questions=200, unread=0, seed=0):
    """Answers half of which are right, P(True) calibrated and the likelihood less telling."""
    rng = np.random.default_rng(seed)
    p = rng.random(questions)
    right = (rng.random(questions) < p).astype(float)
    columns = {"right": right, "p_true": p, "likelihood": 0.3 * p + 0.7 * rng.random(questions)}
    index = pd.Index([f"q{number}" for number in range(questions)], name="question")
    return Recorded(pd.DataFrame(columns, index=index), questions + unread)
