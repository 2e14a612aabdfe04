"""Every figure of the notebook, on a study in which everything is known."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from replications.prm_from_rl import judging, plots, tables
from tests.replications.prm_from_rl import made_up


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def resampled(study_made):
    return judging.Resampled(study_made.items, np.random.default_rng(0), 100)


@pytest.fixture(scope="module")
def floors(study_made):
    return judging.floors(study_made.items)


def drawn(figure):
    figure.canvas.draw()
    return [ax for ax in figure.axes if ax.has_data()]


def texts(labels):
    return [label.get_text() for label in labels]


def test_learning_curves_have_a_panel_a_measure_a_line_an_arm_and_floors_beside_f1(study_made, floors):
    table = tables.learning_curves(study_made)
    panels = drawn(plots.learning_curves(table, floors))
    assert [len(ax.get_lines()) for ax in panels] == [4, 6, 4, 4]
    outcome = panels[0].get_lines()[0].get_ydata()
    assert outcome[-1] == pytest.approx(np.mean(study_made.final("outcome", "solve")))


def test_every_judge_has_a_row_with_its_f1_and_both_accuracies(study_made, resampled, floors):
    table = tables.judges(study_made, resampled)
    left, right = drawn(plots.judges(table, floors))
    assert texts(left.get_yticklabels()) == table["judge"].tolist()
    assert sum("floor" in line.get_label() for line in left.get_lines()) == 3
    assert len(right.containers) == 2


def test_kinds_show_shares_in_percent_under_their_numbers_of_items(study_made):
    table = tables.by_kind(study_made)
    (ax,) = drawn(plots.kinds(table))
    assert texts(ax.texts)[0] == f"{100 * table['right'].iloc[0]:.0f}"
    counts = table.drop_duplicates("kind")
    assert texts(ax.get_xticklabels()) == [f"{row.kind}\n(n = {row.items})" for row in counts.itertuples()]


def test_increments_are_drawn_at_every_lag(study_made):
    table = tables.lagged(study_made)
    (ax,) = drawn(plots.increments(table))
    assert ax.get_lines()[0].get_xdata().tolist() == table["lag"].tolist()


def test_odds_ratios_are_geometric_means_over_runs_and_said_to_be_undefined_where_they_are():
    cells = {"both": 8, "judged_only": 4, "solved_only": 2, "neither": 6}
    rows = [("a", 0, 2.0), ("a", 1, 8.0), ("b", 0, np.nan)]
    table = pd.DataFrame([{"arm": arm, "seed": seed, **cells, "odds_ratio": ratio} for arm, seed, ratio in rows])
    (ax,) = drawn(plots.dependences(table))
    assert texts(ax.get_xticklabels()) == ["a\nodds ratio 4.0", "b\nodds ratio undefined"]
    assert texts(ax.texts)[:2] == ["80", "80"]
    assert texts(ax.texts)[2:] == ["40", "40"]


def test_self_reference_has_both_scores_and_the_gain_of_every_arm(study_made, resampled):
    table = tables.self_reference(study_made, resampled)
    left, right = drawn(plots.self_reference(table))
    assert texts(left.get_yticklabels()) == table["arm"].tolist()
    alone, after = left.get_lines()
    assert np.all(after.get_xdata() > alone.get_xdata())  # made so
    assert len(right.containers) == 1


def test_strategies_are_drawn_at_every_number_of_samples_and_leads_of_those_that_choose(study_made, chosen):
    table = tables.best_of_n(study_made, chosen, np.random.default_rng(0), 100)
    left, right = drawn(plots.best_of_n(table))
    assert len(left.get_lines()) == 6
    assert len(right.get_lines()) == 3 + 1
    assert texts(left.get_xticklabels()) == ["8", "16", "32", "64"]


@pytest.mark.filterwarnings("error")
def test_acceptance_has_four_bars_a_band_and_leaves_out_what_is_undefined():
    rng = np.random.default_rng(0)
    easy = made_up.pool(rng, 6, 8).assign(right=True)
    study = type("Study", (), {"pools": easy})
    table = tables.acceptance(study, rng, 100)
    (ax,) = drawn(plots.acceptance(table))
    assert len(ax.containers) >= 4
    assert texts(ax.get_xticklabels())[0] == "hard (up to 1/5)\n0 problems"
