from dataclasses import replace

import numpy as np
import pytest

from common.claims import Status
from common.stats.estimates import Estimate, Undefined
from common.stats.resamples import from_resamples, resample_weights
from replications.genrm_vs_sc import comparisons, estimates, exponents, tables
from replications.genrm_vs_sc.compute import Comparison, lead
from tests.replications import judging
from tests.replications.genrm_vs_sc.made_up import (
    estimated,
    made,
)
from tests.replications.judging import judge


def test_every_claim_with_a_rule_gets_a_verdict(comparison, figure):
    judged = judge("genrm_vs_sc", estimates.recorded(comparison, 30, figure), "genrm-critiques")
    verdicts = {verdict.id: verdict for verdict in judged}
    assert "no width" in verdicts["headline-8x"].method  # no reading error of the figure moves the crossing
    assert verdicts["exponent-verifications"].verdict is Status.CONTRADICTED
    assert verdicts["scale-solutions-faster"].verdict is Status.SUPPORTED
    assert verdicts["accuracy"].verdict is Status.NOT_TESTABLE
    assert "not resampled" in verdicts["exponent-solutions"].method


def test_exponent_claims_take_the_farthest_a_and_the_closest_b(comparison, figure):
    found = estimates.recorded(comparison, 30, figure)
    table = tables.exponent_table(figure)
    named = table[(table["per_octave"] == 1) & (table["points"] == "all")]
    assert found["exponent-solutions"].value == pytest.approx(named.loc[(named["a"] - 0.57).abs().idxmax(), "a"])
    assert found["exponent-verifications"].value == pytest.approx(named.loc[(named["b"] - 0.39).abs().idxmin(), "b"])
    assert found["scale-solutions-faster"].value == pytest.approx(named["a_minus_b"].min())


def test_claims_about_low_budgets_and_matching_follow_their_rules(comparison, figure):
    found = estimates.recorded(comparison, 30, figure)
    sc, verified = comparison.sc[0], comparison.verified[0]  # costs at ratio 2.5: (1, 1) 3.5, (1, 2) 6, (2, 1) 7
    behind = [sc[:4].max() - verified[0, 0], sc[:8].max() - verified[1, 0]]
    assert found["sc-first"].value == pytest.approx(np.mean(behind))
    costs = comparison.cost[0][verified >= sc[-1]]
    assert found["costs-more-to-match"].value == pytest.approx(costs.min(initial=np.inf) / 8)


def test_every_claim_with_a_rule_gets_one_estimate_and_a_verdict_by_its_route():
    given, verified = made()
    found = estimated(given, verified)
    assert set(found) == judging.ruled("genrm_vs_sc")
    assert found["fine-tuning-pays"] == Undefined("no tuned verifier")
    verdicts = judging.judge("genrm_vs_sc", found, "some/model")
    assert {verdict.route for verdict in verdicts} == {"model"}


def test_a_good_verifier_gains_and_a_lying_one_loses():
    honest = estimated(*made(says=lambda right, rng: right & np.ones((1, 2), bool)))
    liar = estimated(*made(says=lambda right, rng: ~right & np.ones((1, 2), bool)))
    assert honest["equal-solutions"].low > 0 > liar["equal-solutions"].high
    assert np.isinf(liar["costs-more-within-a-point"].value)


@pytest.mark.parametrize("answer", ["yes", "no", "missing"])
def test_a_verifier_that_always_says_the_same_is_worth_one_solution(answer):
    verdict = {"yes": 1.0, "no": 0.0, "missing": np.nan}[answer]
    given, verified = made(says=lambda right, rng: np.full((len(right), 2), verdict))
    found = comparisons.outcome(given, verified)
    assert found.measured.genrm == pytest.approx(np.broadcast_to(found.pools.share_right[:, None, None], (24, 3, 2)))
    judged = estimated(given, verified)["three-numbers-suffice"]
    if answer == "missing":
        assert "verifications were dropped or unread: at most 20% may be" in judged.reason
    else:
        assert isinstance(judged, Estimate)


def test_a_probability_of_labels_that_would_not_be_said_is_no_score():
    given, verified = made()
    found = estimated(given, replace(verified, mass=np.full_like(verified.mass, 0.01)))
    assert "Yes and No hold 1.0% of the probability" in found["probability-scores"].reason
    assert isinstance(found["equal-solutions"], Estimate)


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_pools_that_are_all_right_or_all_wrong_are_not_testable(chance):
    given, verified = made(chance)
    assert set(estimated(given, verified).values()) >= {Undefined(estimates.ALIKE)}
    assert {v.verdict for v in judging.judge("genrm_vs_sc", estimated(given, verified))} == {Status.NOT_TESTABLE}


def test_an_independent_verifier_gets_on_average_as_far_as_its_numbers_say():
    beyond = []
    for seed in range(12):
        given, verified = made(seed=seed)
        beyond.append(estimates.beyond_three_numbers(comparisons.outcome(given, verified), given.weights)[0])
    error = np.std(beyond, ddof=1) / np.sqrt(len(beyond))
    assert abs(np.mean(beyond)) < 4 * error < 0.06


def test_where_all_cells_tie_the_lead_of_votes_is_no_surer_than_that_of_the_largest_vote():
    rng, supported = np.random.default_rng(2), []
    for _ in range(300):
        questions = rng.choice([-0.5, 0.5], size=(50, 1)) + 0.3 * rng.standard_normal((50, 9))  # 8 votes and a cell
        weights = resample_weights(50, 200, rng) / 50
        means = weights @ questions
        one = np.ones(len(weights))
        tied = Comparison(np.arange(1, 9), means[:, :8], np.array([1]), np.array([1]), means[:, 8:, None], one)
        best = from_resamples(-np.mean([lead(tied, budget) for budget in estimates.LOW_BUDGETS], axis=0), 50)
        found = estimates.sc_first(tied, 50)
        assert (found.value, found.high) == (best.value, best.high)
        supported.append((found.low > 0, best.low > 0))
    largest, picked = np.mean(supported, axis=0)
    assert largest < 0.05 < 0.2 < picked


def test_recipes_with_equal_slopes_differ_by_nothing():
    ones = np.ones(3)
    equal = [exponents.Fit(0.1 * 3 * ones, 0.3 * ones, ones, ones)]  # 0.1 * 3 is 0.30000000000000004
    assert estimates._smallest_difference(equal).tolist() == [0.0, 0.0, 0.0]
