from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from common.claims import Status
from common.errors import InputError
from common.stats.estimates import Estimate, Undefined
from replications.genrm_vs_sc import comparisons as outcomes
from replications.genrm_vs_sc import compute
from replications.genrm_vs_sc import tables as method
from replications.genrm_vs_sc.experiment import Verified
from replications.genrm_vs_sc.params import LiveParams
from tests.replications import judging

QUESTIONS, VOTES, SOLUTIONS, VERIFICATIONS = 24, 8, 4, 2
HARD = np.arange(QUESTIONS) % 2 == 0


def sampled(chance, seed=0):
    """Graded solutions: right ones answer 0, wrong ones 1 to 3; every fourth question is right with another chance."""
    rng = np.random.default_rng(seed)
    question, sample = np.divmod(np.arange(QUESTIONS * VOTES), VOTES)
    right = rng.random(len(question)) < chance
    return pd.DataFrame(
        {
            "question_id": question,
            "sample": sample,
            "right": right,
            "answer_class": np.where(right, 0, rng.integers(1, 4, len(question))),
            "answer": "5",
            "question": 10,
            "solution": 20,
        }
    )


def judged(rows, verdicts):
    return Verified(
        [[""] * VERIFICATIONS] * len(rows),
        np.full((len(rows), VERIFICATIONS), 30.0),
        np.full(len(rows), 35.0),
        verdicts,
        np.where(np.isnan(verdicts), np.nan, 0.1 + 0.8 * verdicts),
        np.where(np.isnan(verdicts), np.nan, 0.9),
        0.0,
    )


def mostly(right, rng):
    return (rng.random((len(right), 2)) < 0.8) == right


def experiment(chance=0.5, says=mostly, seed=0):
    rows = sampled(chance, seed)
    verified_rows = rows[rows["sample"] < SOLUTIONS]
    right = verified_rows["right"].to_numpy()[:, None]
    verdicts = says(right, np.random.default_rng(100 + seed)).astype(float)
    params = LiveParams(
        problems=QUESTIONS, solutions=SOLUTIONS, votes=VOTES, verifications=2, resamples=100, subsets=10
    )
    return outcomes.setting(rows, verified_rows, params), judged(verified_rows, verdicts)


def estimated(given, verified):
    first, by_probability = (outcomes.outcome(given, verified, mode) for mode in ("text", "probability"))
    return outcomes.estimates(first, "no tuned verifier", by_probability, HARD, given.weights, {"GenRM-Base": verified})


def test_every_claim_with_a_rule_gets_one_estimate_and_a_verdict_by_its_route():
    given, verified = experiment()
    found = estimated(given, verified)
    assert set(found) == judging.ruled("genrm_vs_sc")
    assert found["fine-tuning-pays"] == Undefined("no tuned verifier")
    verdicts = judging.judge("genrm_vs_sc", found, "some/model")
    assert {verdict.route for verdict in verdicts} == {"model"}


def test_a_good_verifier_gains_and_a_lying_one_loses():
    honest = estimated(*experiment(says=lambda right, rng: right & np.ones((1, 2), bool)))
    liar = estimated(*experiment(says=lambda right, rng: ~right & np.ones((1, 2), bool)))
    assert honest["equal-solutions"].low > 0 > liar["equal-solutions"].high
    assert np.isinf(liar["costs-more-within-a-point"].value)


@pytest.mark.parametrize("answer", ["yes", "no", "missing"])
def test_a_verifier_that_always_says_the_same_is_worth_one_solution(answer):
    verdict = {"yes": 1.0, "no": 0.0, "missing": np.nan}[answer]
    given, verified = experiment(says=lambda right, rng: np.full((len(right), 2), verdict))
    found = outcomes.outcome(given, verified)
    assert found.measured.genrm == pytest.approx(np.broadcast_to(found.pools.share_right[:, None, None], (24, 3, 2)))
    judged = estimated(given, verified)["three-numbers-suffice"]
    if answer == "missing":
        assert "verifications were dropped or unread: at most 20% may be" in judged.reason
    else:
        assert isinstance(judged, Estimate)


def test_a_probability_of_labels_that_would_not_be_said_is_no_score():
    given, verified = experiment()
    found = estimated(given, replace(verified, mass=np.full_like(verified.mass, 0.01)))
    assert "Yes and No hold 1.0% of the probability" in found["probability-scores"].reason
    assert isinstance(found["equal-solutions"], Estimate)


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_pools_that_are_all_right_or_all_wrong_are_not_testable(chance):
    given, verified = experiment(chance)
    assert set(estimated(given, verified).values()) >= {Undefined(outcomes.ALIKE)}
    assert {v.verdict for v in judging.judge("genrm_vs_sc", estimated(given, verified))} == {Status.NOT_TESTABLE}


def test_problems_without_a_right_or_without_a_wrong_solution_are_ranked_by_the_others():
    given, verified = experiment()
    found = outcomes.by_name(given, {"GenRM-Base": verified})
    table = outcomes.quality(found, found["GenRM-Base"], given.weights).set_index("verifier")
    share = found["GenRM-Base"].pools.share_right
    assert table.loc["GenRM-Base", "mixed_questions"] == ((share > 0) & (share < 1)).sum() < QUESTIONS
    assert table.loc["same numbers", "tpr"] == pytest.approx(table.loc["GenRM-Base", "tpr"], abs=0.12)


def test_an_independent_verifier_gets_on_average_as_far_as_its_numbers_say():
    beyond = []
    for seed in range(12):
        given, verified = experiment(seed=seed)
        beyond.append(outcomes.beyond_three_numbers(outcomes.outcome(given, verified), given.weights)[0])
    error = np.std(beyond, ddof=1) / np.sqrt(len(beyond))
    assert abs(np.mean(beyond)) < 4 * error < 0.06


def test_tables_hold_a_row_each_and_the_cheaper_verifier_saves():
    given, verified = experiment()
    base = outcomes.outcome(given, verified)
    cheap = replace(base, comparison=replace(base.comparison, ratio=base.comparison.ratio / 2))
    table = outcomes.at_equal_accuracy(base, cheap)
    assert (table["tuned"] <= table["base"]).all()
    assert len(outcomes.gains({"a": base, "b": cheap})) == 2
    modes = {mode: outcomes.outcome(given, verified, mode) for mode in ("text", "probability", "hybrid")}
    scores = outcomes.scorings(modes, given.weights)
    assert scores.groupby("mode").size().to_dict() == {"text": 2, "probability": 2, "hybrid": 2}
    assert scores["less_text"].abs().max() < 0.02  # the probability says what the text says


def test_good_enough_covers_budgets_qualities_and_correlations():
    given, verified = experiment()
    phase, table, needed = outcomes.good_enough(outcomes.outcome(given, verified), given.weights)
    assert set(phase["budget"]) <= set(needed["budget"]) == set(table["budget"])
    assert 0.0 in set(phase["correlation"])


def test_a_vote_may_have_any_number_of_solutions_up_to_the_most_of_the_full_run_and_four_an_octave_beyond():
    assert outcomes.vote_sizes(100) == list(range(1, 101))
    sizes = outcomes.vote_sizes(300)
    assert sizes == [*range(1, 129), 152, 181, 215, 256, 300]
    assert outcomes.vote_sizes(1) == [1]


def test_the_vote_spends_exactly_what_the_largest_cell_costs():
    given, verified = experiment()
    found = outcomes.outcome(given, verified).comparison
    dear = replace(found, ratio=np.full(len(found.ratio), 0.375))  # 4 solutions with 2 verifications cost 7
    bought = dear.sc[:, np.flatnonzero(dear.sc_sizes == 7)[0]]
    assert compute.largest_gain(dear) == pytest.approx(dear.verified[:, -1, -1] - bought)


def test_all_solutions_vote_and_the_first_are_verified():
    given, verified = experiment()
    found = outcomes.outcome(given, verified)
    assert found.comparison.sc_sizes.tolist() == list(range(1, VOTES + 1))
    assert found.measured.sc[:, 0] == pytest.approx(given.votes.share_right)
    assert found.measured.genrm[:, 0, 0] == pytest.approx(found.pools.share_right)
    table = method.grid_table(found.measured, found.pools, given.weights, given.votes).set_index(["strategy", "S", "V"])
    assert table.loc[("self-consistency", 3, 0), "near_whole_pool"] == 0  # of 8
    assert table.loc[("best-of-N", 4, 1), "near_whole_pool"] == 1  # of 4


def test_votes_on_other_questions_than_those_verified_are_refused():
    rows = sampled(0.5)
    params = LiveParams(solutions=SOLUTIONS, votes=VOTES, resamples=100)
    with pytest.raises(InputError, match="votes on 24 questions, verified are 3: take the same"):
        outcomes.setting(rows, rows[rows["question_id"] < 3], params)


def test_grids_are_powers_of_two_and_the_limit():
    assert outcomes.powers(24) == [1, 2, 4, 8, 16, 24]


def test_fewer_votes_than_verified_solutions_are_refused():
    with pytest.raises(ValueError, match="votes must be at least solutions"):
        LiveParams(solutions=16, votes=8)
