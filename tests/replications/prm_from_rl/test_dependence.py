import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable

from replications.prm_from_rl import dependence, judging
from tests.replications.prm_from_rl import made_up

ITEMS = made_up.solutions(300)
LABELS = np.array([item.label for item in ITEMS], dtype=float)


def answers(rng, shift):
    """Solving and judging that depend on each other only through difficulty, plus `shift`."""
    hard = dependence.strata(ITEMS) / 16
    solved = rng.random(len(ITEMS)) < 0.9 - 0.7 * hard
    right = rng.random(len(ITEMS)) < 0.9 - 0.7 * hard + shift * (solved - 0.5)
    return solved.astype(float), np.where(right, LABELS, 5)


def by_hand(solved, said):
    right = said == LABELS
    return np.array([[(right & (solved == 1)).sum(), (right & (solved == 0)).sum()],
                     [(~right & (solved == 1)).sum(), (~right & (solved == 0)).sum()]])  # fmt: skip


def test_both_tests_are_those_of_scipy_and_statsmodels():
    solved, said = answers(np.random.default_rng(0), 0.3)
    row = dependence.table(ITEMS, [("a", 0, solved, said)]).iloc[0]
    counts = by_hand(solved, said)
    assert row[["both", "judged_only", "solved_only", "neither"]].tolist() == counts.ravel().tolist()
    assert row["chi_square"] == pytest.approx(stats.chi2_contingency(counts, correction=False).statistic)
    groups = dependence.strata(ITEMS)
    layers = [by_hand_in(solved, said, groups == group).astype(float) for group in np.unique(groups)]
    whole = StratifiedTable([layer for layer in layers if layer.sum(0).all() and layer.sum(1).all()])
    assert row["odds_ratio"] == pytest.approx(whole.oddsratio_pooled)


def by_hand_in(solved, said, among):
    right = said == LABELS
    return np.array([[(right & (solved == s) & among).sum() for s in (1, 0)],
                     [(~right & (solved == s) & among).sum() for s in (1, 0)]])  # fmt: skip


def test_difficulty_alone_is_dependence_only_until_it_is_held_fixed():
    plain, within = [], []
    resampled = judging.Resampled(ITEMS, np.random.default_rng(0), 2)
    for seed in range(20):
        solved, said = answers(np.random.default_rng(seed), 0.0)
        found = dependence.log_odds(ITEMS, solved, said, resampled)
        plain.append(found.plain[0])
        within.append(found.within_strata[0])
    assert np.mean(plain) > 0.4
    assert abs(np.mean(within)) < 0.15


def test_log_odds_are_the_logarithms_of_the_tables():
    solved, said = answers(np.random.default_rng(1), 0.4)
    resampled = judging.Resampled(ITEMS, np.random.default_rng(0), 2)
    found = dependence.log_odds(ITEMS, solved, said, resampled)
    (a, b), (c, d) = by_hand(solved, said) + 0.5
    assert found.plain[0] == pytest.approx(np.log(a * d / b / c))
    row = dependence.table(ITEMS, [("a", 0, solved, said)]).iloc[0]
    assert np.exp(found.within_strata[0]) == pytest.approx(row["odds_ratio"])


def test_a_model_that_solves_everything_has_no_test():
    row = dependence.table(ITEMS, [("a", 0, np.ones(len(ITEMS)), LABELS)]).iloc[0]
    assert row[["chi_square", "cmh", "odds_ratio"]].isna().all()
