from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from replications.genrm_vs_sc import verifier
from replications.genrm_vs_sc.curves import mean_verdict

NONE = np.nan
TOLERANT = np.array([[1, 1], [0, NONE], [0, 1], [0, 0]], float)
STRICT = np.array([[1, NONE], [1, NONE], [0, 1], [0, NONE]], float)
RIGHT = np.array([True, True, False, False])


def test_confusion_counts_every_verification_once():
    table = verifier.confusion(TOLERANT, STRICT, RIGHT)
    assert len(table) == 18
    assert table["verifications"].sum() == 8
    counts = table.set_index(["right", "tolerant", "strict"])["verifications"]
    assert counts[True, "yes", "none"] == 1
    assert counts[True, "no", "yes"] == 1
    assert counts[True, "none", "none"] == 1
    assert counts[False, "no", "none"] == 1


def test_rates_are_shares_of_all_verifications_by_parser_and_truth():
    table = verifier.rates({"tolerant": TOLERANT, "strict": STRICT}, RIGHT, np.array([0, 1, 0, 1]))
    rows = table.set_index(["parser", "solutions"])
    assert rows.loc[("tolerant", "right"), ["yes", "no", "none"]].tolist() == [0.5, 0.25, 0.25]
    assert rows.loc[("strict", "all"), "none"] == 3 / 8
    assert np.all(rows["none_low"] <= rows["none"])


def test_yes_counts_treat_a_missing_verdict_as_no_yes():
    table = verifier.yes_counts(TOLERANT, RIGHT).set_index(["right", "yes"])
    assert table["solutions"].tolist() == [1, 0, 1, 1, 1, 0]
    assert table.loc[(True, 2), "share"] == 0.5


def test_yes_counts_without_a_right_solution_have_no_share_of_them():
    table = verifier.yes_counts(TOLERANT, np.zeros(4, bool)).set_index(["right", "yes"])
    assert table.loc[True, "share"].tolist() == [0, 0, 0]
    assert table.loc[False, "share"].sum() == 1


def test_repeats_correlate_fully_when_every_verification_says_the_same():
    same = np.repeat(np.array([[1.0], [0.0], [1.0], [0.0], [0.0], [1.0]]), 3, axis=1)
    right = np.array([True, True, True, False, False, False])
    assert verifier.repeat_correlation(same, right) == pytest.approx({"right": 1, "wrong": 1})


def test_repeats_of_a_coin_do_not_correlate():
    coins = np.random.default_rng(0).integers(0, 2, (4000, 4)).astype(float)
    found = verifier.repeat_correlation(coins, np.arange(4000) < 2000)
    assert found == pytest.approx({"right": 0, "wrong": 0}, abs=0.03)


def test_acceptance_and_correlation_equal_a_count_of_pairs(pool):
    weights = np.full((1, len(pool.questions)), 1 / len(pool.questions))
    for right in (True, False):
        verdicts = pool.verdicts[pool.correct == right]
        mean, correlation = verifier.acceptance(pool, right, weights)
        assert mean[0] == pytest.approx(np.nanmean(verdicts))
        pairs, singles, chance = [], [], []
        for row in verdicts:
            found = row[~np.isnan(row)]
            if len(found) > 1:
                products = [a * b for i, a in enumerate(found) for j, b in enumerate(found) if i != j]
                pairs.append(np.mean(products))
                singles.append(found.mean())
                chance.append(len(found))
        both, once = np.average(pairs, weights=chance), np.average(singles, weights=chance)
        assert correlation[0] == pytest.approx((both - once**2) / (once - once**2))


def test_acceptance_follows_the_weights_and_is_undefined_without_solutions(pool):
    weights = np.zeros((1, len(pool.questions)))
    weights[0, 3] = 1
    expected = np.nanmean(pool.verdicts[3][pool.correct[3] == 1])
    assert verifier.acceptance(pool, True, weights)[0][0] == pytest.approx(expected)
    wrong = replace(pool, correct=np.zeros_like(pool.correct))
    assert np.isnan(verifier.acceptance(wrong, True, weights)).all()
    always = replace(pool, verdicts=np.ones_like(pool.verdicts))
    mean, correlation = verifier.acceptance(always, True, weights)
    assert mean[0] == 1
    assert np.isnan(correlation[0])


def test_within_auroc_equals_sklearn_question_by_question(pool):
    scores = mean_verdict(pool.verdicts)
    area = verifier.within_auroc(pool)
    for k in range(len(pool.questions)):
        if 0 < pool.correct[k].sum() < pool.correct.shape[1]:
            assert area[k] == pytest.approx(roc_auc_score(pool.correct[k], scores[k]))
        else:
            assert np.isnan(area[k])


def test_quality_has_a_row_a_verifier_and_no_interval_for_what_is_undefined(pool, weights):
    mute = replace(pool, verdicts=np.full_like(pool.verdicts, np.nan))
    table = verifier.quality({"real": pool, "mute": mute}, weights).set_index("verifier")
    assert table.loc["real", "tpr_low"] < table.loc["real", "tpr"] < table.loc["real", "tpr_high"]
    assert table.loc["mute", "missing"] == 1
    assert np.isnan(table.loc["mute", "tpr_low"])
    assert table.loc["mute", "auroc"] == 0.5
