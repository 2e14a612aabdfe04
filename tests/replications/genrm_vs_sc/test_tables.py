from dataclasses import replace

import numpy as np
import pytest

from replications.genrm_vs_sc import comparisons, experiment, tables
from tests.replications.genrm_vs_sc.made_up import QUESTIONS, made, solution


def test_grid_table_flags_sizes_near_the_pool_and_monte_carlo_cells(measured, pool, weights):
    table = tables.grid_table(measured, pool, pool, weights)
    assert len(table) == 8 + 2 * 4 * 3 + 4
    assert (table["near_whole_pool"] == (table["S"] > 6)).all()  # pools of 12
    assert (table.loc[table["mc_se"] > 0, "strategy"] == "weighted vote").all()
    assert (table["accuracy_low"] <= table["accuracy"]).all()


def test_parsers_that_agree_cost_nothing(measured, weights):
    table = tables.parser_effect(measured.genrm, measured.genrm, measured, weights)
    assert (table[["difference", "difference_low", "difference_high"]] == 0).all(axis=None)


def test_crossing_beyond_the_grid_is_infinite(measured, weights, comparison):
    table = tables.crossings({"output": comparison}, n=30)
    assert table.loc[0, "factor"] == pytest.approx(table.loc[0, "to_match"] / table.loc[0, "peak_size"])
    hopeless = tables.crossings({"x": _scaled(comparison, 0.5)}, n=30)
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


def test_exponents_need_optima_inside_the_grid(comparison, figure):
    few = tables.exponents_testable(comparison).set_index("recipe")
    assert few.loc["best fixed-V curve", "finding"].startswith("not testable")
    assert tables.exponents_testable(figure)["finding"].str.startswith("fitted").all()


def test_problems_without_a_right_or_without_a_wrong_solution_are_ranked_by_the_others():
    given, verified = made()
    found = comparisons.by_name(given, {"GenRM-Base": verified})
    table = tables.quality(found, found["GenRM-Base"], given.weights).set_index("verifier")
    share = found["GenRM-Base"].pools.share_right
    assert table.loc["GenRM-Base", "mixed_questions"] == ((share > 0) & (share < 1)).sum() < QUESTIONS
    assert table.loc["same numbers", "tpr"] == pytest.approx(table.loc["GenRM-Base", "tpr"], abs=0.12)


def test_tables_hold_a_row_each_and_the_cheaper_verifier_saves():
    given, verified = made()
    base = comparisons.outcome(given, verified)
    cheap = replace(base, comparison=replace(base.comparison, ratio=base.comparison.ratio / 2))
    table = tables.at_equal_accuracy(base, cheap)
    assert (table["tuned"] <= table["base"]).all()
    assert len(tables.gains({"a": base, "b": cheap})) == 2
    modes = {mode: comparisons.outcome(given, verified, mode) for mode in ("text", "probability", "hybrid")}
    scores = tables.scorings(modes, given.weights)
    assert scores.groupby("mode").size().to_dict() == {"text": 2, "probability": 2, "hybrid": 2}
    assert scores["less_text"].abs().max() < 0.02  # the probability says what the text says


def test_good_enough_covers_budgets_qualities_and_correlations():
    given, verified = made()
    phase, table, needed = tables.good_enough(comparisons.outcome(given, verified), given.weights)
    assert set(phase["budget"]) <= set(needed["budget"]) == set(table["budget"])
    assert 0.0 in set(phase["correlation"])


def test_regrading_counts_what_strings_got_wrong():
    rows = experiment.recorded([solution(0, 0, "12", True), solution(0, 1, "**12**", False), solution(0, 2, "7", True)])
    table = tables.regrading(rows).set_index("answer")
    assert table.loc["answer", ["no_answer", "now_right", "now_wrong"]].tolist() == [0, 1, 1]
    assert table.loc["last_number", ["no_answer", "now_right", "now_wrong"]].tolist() == [0, 1, 0]
