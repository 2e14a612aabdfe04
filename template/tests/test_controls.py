"""What is known to be true must be found, and what is known to be false must not (named in the README)."""

import numpy as np
import pandas as pd

from common.claims import Status
from replications.newpaper.estimates import estimates
from tests.replications import judging


def verdicts(right, by_likelihood):
    """Verdicts on answers of which a share is right, where the likelihood knows or knows nothing."""
    rng = np.random.default_rng(0)
    outcome = rng.random(200) < right
    logprob = -1 - rng.gamma(2, 0.3, 200) - np.where(outcome, 0.0, 0.7 if by_likelihood else 0.0)
    rows = pd.DataFrame({"right": outcome, "logprob": logprob})
    judged = judging.judge("newpaper", estimates(rows, np.random.default_rng(0), 200))
    return {one.id: one.verdict for one in judged}


def test_positive_control_an_able_model_that_knows_is_found():
    assert set(verdicts(right=0.8, by_likelihood=True).values()) == {Status.SUPPORTED}


def test_negative_control_a_poor_model_that_guesses_is_not():
    assert Status.SUPPORTED not in verdicts(right=0.4, by_likelihood=False).values()
