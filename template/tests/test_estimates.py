import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from common.stats.estimates import Undefined
from replications.newpaper.estimates import estimates
from tests.replications import judging


def made_up(right, n=200):
    rng = np.random.default_rng(0)
    outcome = rng.random(n) < right
    logprob = np.where(outcome, -1.5, -2.0) - rng.gamma(2, 0.3, n)
    return pd.DataFrame({"right": outcome, "logprob": logprob})


def found(rows):
    return estimates(rows, np.random.default_rng(0), 200)


def test_every_claim_with_a_rule_has_an_estimate():
    """Of those about a lab model; a second argument of `ruled` names another subject."""
    assert set(found(made_up(0.6))) == judging.ruled("newpaper")


def test_estimates_are_those_of_another_library():
    rows = made_up(0.6)
    judged = found(rows)
    assert judged["answers-most"].value == pytest.approx(rows["right"].mean())
    assert judged["likelier-is-righter"].value == pytest.approx(roc_auc_score(rows["right"], rows["logprob"]))


def test_a_model_that_is_never_right_is_not_judged_on_what_it_knows():
    assert isinstance(found(made_up(0.0))["likelier-is-righter"], Undefined)
