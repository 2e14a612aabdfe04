import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from common.stats.estimates import Undefined
from replications.p_true.p_true.scoring import Scoring, common

SCORING = Scoring(400, 0)


def rows(n=300, seed=0, first=0):
    rng = np.random.default_rng(seed)
    p = rng.random(n)
    right = (rng.random(n) < p).astype(float)
    names = [f"q{first + k}" for k in range(n)]
    return pd.DataFrame({"p_true": p, "right": right, "likelihood": rng.random(n)}, index=names)


def test_points_are_those_of_the_plain_measures():
    one = rows()
    base = one["right"].mean()
    squared = ((one["p_true"] - one["right"]) ** 2).mean()
    above = one["p_true"] > 0.5
    assert SCORING.auroc(one).value == pytest.approx(roc_auc_score(one["right"], one["p_true"]))
    assert SCORING.brier(one).value == pytest.approx(squared)
    assert SCORING.brier_beyond_base_rate(one).value == pytest.approx(squared - base * (1 - base))
    assert SCORING.conditional_gain(one).value == pytest.approx(one.loc[above, "right"].mean() - base)
    gain = SCORING.auroc_gain(one, one, "likelihood")
    assert gain.value == pytest.approx(
        roc_auc_score(one["right"], one["p_true"]) - roc_auc_score(one["right"], one["likelihood"])
    )


def test_the_base_rate_of_a_resample_is_its_own():
    one = rows(200)
    found = SCORING.brier_beyond_base_rate(one)
    drawn = np.random.default_rng(0).integers(0, 200, (4000, 200))
    p, c = (one[name].to_numpy()[drawn] for name in ("p_true", "right"))
    base = c.mean(axis=1)
    by_hand = ((p - c) ** 2).mean(axis=1) - base * (1 - base)
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(by_hand, [0.025, 0.975])), abs=0.006)


def test_stating_the_base_rate_is_no_better_than_the_base_rate():
    one = rows().assign(p_true=lambda frame: frame["right"].mean())
    found = SCORING.brier_beyond_base_rate(one)
    assert found.value == pytest.approx(0)
    assert found.low >= -1e-12


def test_comparisons_are_about_the_questions_that_both_sides_have():
    a, b = rows(100), rows(100, seed=1, first=20)
    first, second = common(a, b)
    assert list(first.index) == list(second.index)
    assert len(first) == 80
    assert SCORING.brier_gain(a, b).n == 80
    assert SCORING.brier_gain(a, b).value == pytest.approx(SCORING.brier(first).value - SCORING.brier(second).value)


def test_a_score_never_differs_from_itself():
    found = SCORING.auroc_gain(rows(), rows())
    assert (found.value, found.low, found.high) == (0, 0, 0)


def test_one_class_of_outcome_has_no_ranking_and_says_so():
    always = rows().assign(right=1.0)
    for found in (SCORING.auroc(always), SCORING.auroc_gain(always, rows())):
        assert isinstance(found, Undefined)
        assert "outcomes of both classes" in found.reason
    assert SCORING.brier(always).value > 0


def test_no_probability_above_one_half_leaves_no_conditional_accuracy():
    found = SCORING.conditional_gain(rows().assign(p_true=0.2))
    assert isinstance(found, Undefined)
    assert "no probability is above 0.5" in found.reason


def test_nothing_in_common_is_said():
    found = SCORING.brier_gain(rows(10), rows(10, first=50))
    assert isinstance(found, Undefined)
