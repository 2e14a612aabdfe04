import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.stats.resamples import resample_weights
from replications.genrm_vs_sc import compute, experiment, tasks
from replications.genrm_vs_sc.compute import Comparison
from tests.replications.genrm_vs_sc.made_up import solution, solver


def single(sc, verified, ratio=2.0):
    """One row: sizes 1, 2, 4, ... for both; verified is [S, V] with V = 1, 2, ..."""
    verified = np.array(verified, float)
    return Comparison(
        sc_sizes=2 ** np.arange(len(sc)),
        sc=np.array([sc], float),
        sizes=2 ** np.arange(len(verified)),
        n_verdicts=np.arange(1, verified.shape[1] + 1),
        verified=verified[None],
        ratio=np.array([ratio]),
    )


def test_cost_counts_solutions_and_their_verifications():
    assert single([0.5], [[0.5, 0.6], [0.5, 0.6]], ratio=2.5).cost.tolist() == [[[3.5, 6], [7, 12]]]


def test_weights_average_and_the_first_row_is_the_data():
    weights = resample_weights(7, 50, np.random.default_rng(0)) / 7
    values = np.random.default_rng(1).random((7, 2, 3))
    assert weights.sum(axis=1) == pytest.approx(1)
    assert compute.weigh(weights, values)[0] == pytest.approx(values.mean(axis=0))
    assert compute.weigh(weights, values)[9] == pytest.approx(np.average(values, axis=0, weights=weights[9]))


def test_accountings_follow_their_definitions():
    chars = {"question": 100, "solution": 300, "verification": 600, "prompt": 700, "reference": 200}
    ratios = compute.accountings(np.ones((1, 1)), {kind: np.array([float(n)]) for kind, n in chars.items()})
    assert {name: ratio[0] for name, ratio in ratios.items()} == pytest.approx(
        {
            "nominal 1": 1,
            "nominal 2": 2,
            "output": 600 / 300,
            "prompt + output": (500 + 600) / 400,
            "prompt + output, reference": (700 + 600) / 400,
        }
    )


def test_first_cell_to_reach_a_peak_is_the_cheapest_one_not_the_smallest():
    comparison = single([0.5, 0.6, 0.7], [[0.5, 0.5, 0.5], [0.6, 0.6, 0.7], [0.6, 0.7, 0.8]])
    assert [x.tolist() for x in comparison.sc_peak] == [[0.7], [4]]
    assert compute.cost_to_reach(comparison, np.array([0.7])).tolist() == [14]  # S = 2, V = 3, before S = 4, V = 2
    assert compute.cost_to_reach(comparison, np.array([0.81])).tolist() == [np.inf]


def test_cell_is_held_against_what_voting_does_with_the_same_compute():
    comparison = single([0.5, 0.6, 0.7], [[0.5], [0.65], [0.72]])  # costs 3, 6, 12: SC affords 2, 4, 4
    assert compute.cell_leads(comparison)[0, :, 0] == pytest.approx([-0.1, -0.05, 0.02])
    assert compute.cost_to_lead(comparison).tolist() == [12]


def test_equal_accuracy_is_a_match_but_no_lead():
    comparison = single([0.5, 0.5], [[0.5], [0.5]])
    assert compute.cost_to_reach(comparison, np.array([0.5])).tolist() == [3]
    assert compute.cost_to_lead(comparison).tolist() == [np.inf]


def test_budget_without_a_verification_buys_one_solution():
    comparison = single([0.5, 0.6, 0.7], [[0.5], [0.65], [0.72]])
    assert compute.lead(comparison, 2) == pytest.approx([-0.1])


unit = st.floats(0, 1)


@settings(max_examples=50)
@given(st.lists(unit, min_size=4, max_size=4), st.lists(unit, min_size=12, max_size=12), st.floats(0.3, 4))
def test_leads_equal_a_search_over_all_cells(sc, cells, ratio):
    comparison = single(sc, np.reshape(cells, (4, 3)), ratio)
    costs = {(s, v): 2**s * (1 + ratio * (v + 1)) for s in range(4) for v in range(3)}
    for budget in (4, 8, 16):
        within = [comparison.verified[0, s, v] for (s, v), cost in costs.items() if cost <= budget]
        voting = max(sc[i] for i in range(4) if 2**i <= budget)
        expected = max([*within, *comparison.verified[0, 0]]) - voting
        assert compute.lead(comparison, budget)[0] == pytest.approx(expected)
    ahead = [
        cost
        for (s, v), cost in costs.items()
        if comparison.verified[0, s, v] > max(sc[i] for i in range(4) if 2**i <= cost) + compute.ROUNDING
    ]
    assert compute.cost_to_lead(comparison)[0] == pytest.approx(min(ahead, default=np.inf))


def test_crossing_that_some_resamples_never_reach_has_an_open_interval():
    assert compute.columns(9, cost=np.array([12.0, 12.0, 14.0, np.inf])) == {
        "cost": 12, "cost_low": 12, "cost_high": np.inf
    }  # fmt: skip


def test_what_is_undefined_in_a_resample_has_a_value_and_no_interval():
    found = compute.columns(9, rate=np.array([0.5, 0.4, np.nan]), gain=np.array([0.1, 0.1, 0.1]))
    assert (found["rate"], found["gain_high"]) == (0.5, 0.1)
    assert np.isnan([found["rate_low"], found["rate_high"]]).all()


def test_largest_cell_is_held_against_votes_for_the_same_compute_and_for_as_many_solutions():
    comparison = single([0.5, 0.6, 0.7, 0.8], [[0.5], [0.65], [0.72]])  # the largest cell: S = 4, costs 12
    assert compute.largest_gain(comparison) == pytest.approx([0.72 - 0.8])  # 8 votes are all there are
    assert compute.equal_solutions_gain(comparison) == pytest.approx([0.72 - 0.7])
    cheap = single([0.5, 0.6, 0.7, 0.8], [[0.5], [0.65], [0.72]], ratio=0.2)  # costs 4.8: buys 4 votes
    assert compute.largest_gain(cheap) == pytest.approx([0.72 - 0.7])


def test_saving_compares_the_compute_to_the_dear_verifiers_best():
    dear, cheap = single([0.5], [[0.5], [0.6], [0.7]]), single([0.5], [[0.5], [0.7], [0.7]], ratio=1.0)
    assert compute.saving(dear, cheap, 0.01) == pytest.approx([12 / 4])
    assert compute.saving(dear, single([0.5], [[0.5], [0.6], [0.6]]), 0.01) == pytest.approx([0])


LAB = tasks.named("lab")


def test_lengths_are_averaged_within_questions_in_the_order_asked_for():
    rows = experiment.recorded(
        [solution(0, 0, "12", True, "ab"), solution(0, 1, "1", False, "abcd"), solution(3, 0, "1", False, "a")]
    )
    assert compute.lengths_by_question(rows, np.array([3, 0]))["solution"].tolist() == [1, 3]


def test_costs_are_measured_in_tokens_and_a_shared_prefix_is_paid_once():
    items = LAB.draw("dev", 2, 0)
    engine = solver(items, lambda prompt, sample: " a b c d")
    rows = experiment.solve(engine, LAB, items, 4, seed=0)
    verified = experiment.verify(engine, LAB, items, rows, 5, seed=0)
    costs = compute.costs(rows, verified, resample_weights(2, 3, np.random.default_rng(0)) / 2)
    wrote, read, prompt = rows["solution"].mean(), rows["question"].mean(), verified.prompt_tokens.mean()
    assert costs["output"][0] == pytest.approx(4 / wrote)
    assert costs["prompt + output"][0] == pytest.approx((prompt + 4) / (read + wrote))
    assert costs["prompt + output, prefix shared"][0] == pytest.approx((prompt / 5 + 4) / (read / 4 + wrote))
    assert list(costs)[:2] == ["nominal 1", "nominal 2"]
