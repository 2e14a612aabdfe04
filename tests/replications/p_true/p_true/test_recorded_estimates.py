from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from common.claims import Status
from common.stats.estimates import Estimate, Undefined
from replications.p_true.p_true import recorded_estimates as claimed
from replications.p_true.p_true.params import RecordedParams
from replications.p_true.p_true.scoring import Scoring
from tests.replications import judging
from tests.replications.p_true.p_true.made_up_answers import recorded

SCORING = Scoring(300, 0)
PARAMS = RecordedParams.model_construct(resamples=100, redraws=50, seed=0)


def reasons(found):
    return {found[claim].reason for claim in claimed.JUDGED}


def test_every_claim_with_a_rule_is_judged_or_says_why_not():
    found = claimed.estimates(recorded(), SCORING)
    assert set(found) == judging.ruled("p_true/p_true", "llama")
    assert {claim for claim, one in found.items() if isinstance(one, Estimate)} == set(claimed.JUDGED)
    verdicts = judging.judge("p_true/p_true", found, "llama")
    assert {verdict.id: verdict.verdict for verdict in verdicts if verdict.id in claimed.JUDGED} == dict.fromkeys(
        claimed.JUDGED, Status.SUPPORTED
    )


def test_estimates_are_those_of_another_library():
    made = recorded()
    rows, base = made.rows, made.rows["right"].mean()
    by_hand = {
        "separates": roc_auc_score(rows["right"], rows["p_true"]),
        "better-than-base-rate": brier_score_loss(rows["right"], rows["p_true"]) - base * (1 - base),
        "conditional-accuracy": rows.loc[rows["p_true"] > 0.5, "right"].mean() - base,
        "beats-likelihood": roc_auc_score(rows["right"], rows["p_true"])
        - roc_auc_score(rows["right"], rows["likelihood"]),
    }
    found = claimed.estimates(made, SCORING)
    assert {claim: found[claim].value for claim in by_hand} == pytest.approx(by_hand)
    assert {found[claim].n for claim in by_hand} == {200}


def test_only_answers_with_both_numbers_are_compared():
    made = recorded()
    made.rows.iloc[:20, made.rows.columns.get_loc("likelihood")] = np.nan
    both = made.rows.iloc[20:]
    found = claimed.estimates(made, SCORING)
    gain = roc_auc_score(both["right"], both["p_true"]) - roc_auc_score(both["right"], both["likelihood"])
    assert found["beats-likelihood"].value == pytest.approx(gain)
    assert (found["beats-likelihood"].n, found["separates"].n) == (180, 200)


def test_a_number_that_nobody_recorded_is_named():
    made = recorded()
    without = replace(made, rows=made.rows.assign(likelihood=np.nan))
    found = claimed.estimates(without, SCORING)
    assert isinstance(found["separates"], Estimate)
    assert found["beats-likelihood"].reason.startswith("no answer came with a `logprob`: import them with one")
    nothing = replace(made, rows=made.rows.assign(likelihood=np.nan, p_true=np.nan))
    assert reasons(claimed.estimates(nothing, SCORING)) == {
        "no answer came with a `p_true`: import them with one (docs/own_data.md)"
    }


def test_too_few_right_or_wrong_answers_are_no_evidence():
    made = recorded()
    few = made.rows.groupby("right").head(9)
    assert reasons(claimed.estimates(replace(made, rows=few, answered=18), SCORING)) == {
        "9 judged answers are right and 9 wrong: at least 10 of either are needed"
    }


def test_too_many_answers_that_cannot_be_read_or_lack_the_number_are_no_evidence():
    assert isinstance(claimed.estimates(recorded(unread=50), SCORING)["separates"], Estimate)
    made = recorded(unread=50)
    made.rows.iloc[0, made.rows.columns.get_loc("p_true")] = np.nan
    assert reasons(claimed.estimates(made, SCORING)) == {"51 of 250 answers were dropped or unread: at most 20% may be"}


def test_the_calibration_error_is_about_nought_where_what_is_said_is_so():
    rows = recorded(1000).rows
    assert abs(claimed.measure_excess(rows, PARAMS).contrast({"p_true": 1.0}).value) < 0.03
    sure = rows.assign(p_true=rows["p_true"] > 0.1).astype(float)
    assert claimed.measure_excess(sure, PARAMS).contrast({"p_true": 1.0}).value > 0.1
    few = claimed.measure_excess(rows.head(5), PARAMS)
    assert isinstance(few, Undefined)
    assert "10 bins need at least 10 rows" in few.reason
