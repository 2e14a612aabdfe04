import numpy as np
import pytest

from replications.genrm_vs_sc import verifier

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


def test_repeats_correlate_fully_when_every_verification_says_the_same():
    same = np.repeat(np.array([[1.0], [0.0], [1.0], [0.0], [0.0], [1.0]]), 3, axis=1)
    right = np.array([True, True, True, False, False, False])
    assert verifier.repeat_correlation(same, right) == pytest.approx({"right": 1, "wrong": 1})


def test_repeats_of_a_coin_do_not_correlate():
    coins = np.random.default_rng(0).integers(0, 2, (4000, 4)).astype(float)
    found = verifier.repeat_correlation(coins, np.arange(4000) < 2000)
    assert found == pytest.approx({"right": 0, "wrong": 0}, abs=0.03)
