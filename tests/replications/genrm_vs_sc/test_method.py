import numpy as np
import pytest

from common.claims import Status
from replications.genrm_vs_sc import figure1b
from replications.genrm_vs_sc import tables as method
from replications.genrm_vs_sc.params import RecordedParams
from tests.replications.judging import judge


@pytest.fixture(scope="module")
def figure():
    return figure1b.digitised(100, np.random.default_rng(0))


def test_grid_table_flags_sizes_near_the_pool_and_monte_carlo_cells(measured, pool, weights):
    table = method.grid_table(measured, pool, weights)
    assert len(table) == 8 + 2 * 4 * 3 + 4
    assert (table["near_whole_pool"] == (table["S"] > 6)).all()  # pools of 12
    assert (table.loc[table["mc_se"] > 0, "strategy"] == "weighted vote").all()
    assert (table["accuracy_low"] <= table["accuracy"]).all()


def test_parsers_that_agree_cost_nothing(measured, weights):
    table = method.parser_effect(measured.genrm, measured.genrm, measured, weights)
    assert (table[["difference", "difference_low", "difference_high"]] == 0).all(axis=None)


def test_crossing_beyond_the_grid_is_infinite(measured, weights, comparison):
    table = method.crossings({"output": comparison}, n=30)
    assert table.loc[0, "factor"] == pytest.approx(table.loc[0, "to_match"] / table.loc[0, "peak_size"])
    hopeless = method.crossings({"x": _scaled(comparison, 0.5)}, n=30)
    assert np.isinf(hopeless.loc[0, ["to_match", "to_match_high", "factor"]].to_numpy(float)).all()


def _scaled(comparison, factor):
    return type(comparison)(
        comparison.sc_sizes,
        comparison.sc,
        comparison.sizes,
        comparison.n_verdicts,
        factor * comparison.verified,
        comparison.ratio,
    )


def test_bands_of_difficulty_split_the_questions_and_keep_their_means(pool, measured, weights):
    bands = method.by_difficulty(pool, measured, weights, np.full(len(weights), 2.5))
    counts = [n for n, _ in bands.values()]
    assert sum(counts) == len(pool.questions)
    pooled = sum(n * comparison.sc[0] for n, comparison in bands.values()) / sum(counts)
    assert pooled == pytest.approx(measured.sc.mean(axis=0))
    assert len(method.difficulty_table(bands)) == 3 * len(method.BUDGETS)


def test_every_claim_with_a_rule_gets_a_verdict(comparison, figure):
    judged = judge("genrm_vs_sc", method.estimates(comparison, 30, figure), "genrm-critiques")
    verdicts = {verdict.id: verdict for verdict in judged}
    assert "no width" in verdicts["headline-8x"].method  # no reading error of the figure moves the crossing
    assert verdicts["exponent-verifications"].verdict is Status.CONTRADICTED
    assert verdicts["scale-solutions-faster"].verdict is Status.SUPPORTED
    assert verdicts["accuracy"].verdict is Status.NOT_TESTABLE
    assert "not resampled" in verdicts["exponent-solutions"].method


def test_exponent_claims_take_the_farthest_a_and_the_closest_b(comparison, figure):
    found = method.estimates(comparison, 30, figure)
    table = method.exponent_table(figure)
    named = table[(table["per_octave"] == 1) & (table["points"] == "all")]
    assert found["exponent-solutions"].value == pytest.approx(named.loc[(named["a"] - 0.57).abs().idxmax(), "a"])
    assert found["exponent-verifications"].value == pytest.approx(named.loc[(named["b"] - 0.39).abs().idxmin(), "b"])
    assert found["scale-solutions-faster"].value == pytest.approx(named["a_minus_b"].min())


def test_claims_about_low_budgets_and_matching_follow_their_rules(comparison, figure):
    found = method.estimates(comparison, 30, figure)
    sc, verified = comparison.sc[0], comparison.verified[0]  # costs at ratio 2.5: (1, 1) 3.5, (1, 2) 6, (2, 1) 7
    behind = [sc[:4].max() - verified[0, 0], sc[:8].max() - verified[1, 0]]
    assert found["sc-first"].value == pytest.approx(np.mean(behind))
    costs = comparison.cost[0][verified >= sc[-1]]
    assert found["costs-more-to-match"].value == pytest.approx(costs.min(initial=np.inf) / 8)


def test_exponents_need_optima_inside_the_grid(comparison, figure):
    few = method.exponents_testable(comparison).set_index("recipe")
    assert few.loc["best fixed-V curve", "finding"].startswith("not testable")
    assert method.exponents_testable(figure)["finding"].str.startswith("fitted").all()


def test_parameters_out_of_range_are_refused():
    with pytest.raises(ValueError, match="resamples"):
        RecordedParams(resamples=1)
