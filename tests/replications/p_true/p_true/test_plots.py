import numpy as np
import pytest

from replications.p_true.p_true import plots
from replications.p_true.p_true import tables as measure
from replications.p_true.p_true.prompts import COMPARISON_20, ONE_SIX, SWAPPED
from replications.p_true.params import LAB_TASKS
from tests.replications.p_true.made_up_models import CHANCE, MadeUp, insider
from tests.replications.p_true.p_true.made_up_experiment import MODELS, SCORING, measured, perform

SIZES = ["small", "small-seed1", "large"]


@pytest.fixture(scope="module")
def cells(noisy):
    return noisy.cells.set_index(["task", "condition", "model"]).sort_index()


def heights(ax, label):
    return next(points[0].get_ydata().astype(float) for points in ax.containers if points.get_label() == label)


def test_every_sample_is_in_a_histogram_of_its_outcome(noisy):
    rows = {(task, c.name): noisy.experiment.rows(task, c, "large") for task in LAB_TASKS for c in plots.SHOWN}
    figure = plots.histograms(rows)
    assert len(figure.axes) == 8
    for ax, judged in zip(figure.axes, rows.values(), strict=True):
        counts = [sum(bar.get_height() for bar in side) for side in ax.containers]
        assert counts == [judged["right"].sum(), (1 - judged["right"]).sum()]
    assert [ax.get_title() for ax in figure.axes[:4]] == [condition.name for condition in plots.SHOWN]


def test_measures_stand_by_size_beside_their_references(noisy, cells):
    figure = plots.by_size(noisy.cells)
    auroc, _, brier, _, above, _ = figure.axes
    for ax, what in ((auroc, "auroc"), (brier, "brier")):
        expected = cells.loc["facts", COMPARISON_20.name].loc[SIZES, what]
        np.testing.assert_array_equal(heights(ax, COMPARISON_20.name), expected)
    references = next(line.get_ydata() for line in brier.get_lines() if line.get_label() == "reference")
    np.testing.assert_array_equal(references, cells.loc["facts", COMPARISON_20.name].loc[SIZES, "base_rate_brier"])
    np.testing.assert_array_equal(
        above.get_lines()[0].get_ydata(), cells.loc["facts", ONE_SIX.name].loc[SIZES, "right_above"]
    )
    assert [label.get_text() for label in figure.axes[-1].get_xticklabels()] == ["0.1m", "1m"]
    assert SWAPPED.name not in plots.LOOK


def test_reliability_has_a_panel_a_task_and_condition_with_its_error(noisy, cells):
    figure = plots.reliability(measure.curve_table(noisy.experiment), noisy.cells, "large")
    assert len(figure.axes) == 8
    last = cells.loc["arithmetic", COMPARISON_20.name].loc["large"]
    assert figure.axes[-1].get_title() == (
        f"{COMPARISON_20.name}\nECE {last['ece']:.3f}, floor {last['floor']:.3f}, mass {last['mass']:.2f}"
    )
    assert len(heights(figure.axes[-1], COMPARISON_20.name)) == 10


def test_scores_stand_side_by_side_by_size(noisy):
    table = measure.baseline_table(noisy.experiment, MODELS, SCORING)
    figure = plots.baselines(table)
    assert [ax.get_title() for ax in figure.axes] == list(LAB_TASKS)
    wide = table.set_index(["task", "score", "model"])["auroc"].sort_index()
    for score, label in plots.SCORES.items():
        expected = wide["arithmetic", score].loc[SIZES]
        np.testing.assert_array_equal(heights(figure.axes[1], label), expected)


def test_the_map_has_the_writer_across_and_the_judge_upwards(noisy):
    table = measure.matrix_table(noisy.experiment, MODELS, SCORING)
    figure = plots.matrix(table)
    ax = figure.axes[0]
    wide = table[table["task"] == "facts"].set_index(["evaluator", "writer"])["auroc"]
    shown = {tuple(text.get_position()): text.get_text() for text in ax.texts}
    assert shown[1, 0] == f"{wide['small', 'large']:.2f}"
    assert shown[0, 1] == f"{wide['large', 'small']:.2f}"
    assert shown[1, 0] != shown[0, 1]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["small", "large"]


def test_controls_show_swapped_labels_and_the_doses_of_one_size(noisy, cells):
    figure = plots.controls(noisy.cells, "large")
    ax = figure.axes[0]
    names = [label.get_text().replace("\n", " ") for label in ax.get_xticklabels()]
    assert names == ["as usual", "labels swapped", "dose none", "dose low", "dose high"]
    drawn = [points[0].get_ydata()[0] for points in ax.containers]
    best, swapped = (cells.loc["facts", c.name]["auroc"] for c in (COMPARISON_20, SWAPPED))
    doses = [best[model] for model in ("small-none", "small-low", "small")]
    np.testing.assert_array_equal(drawn, [best["large"], swapped["large"], *doses])
    low, high = ax.get_ylim()
    assert low < 0
    assert high > 1  # an AUROC of 0 or 1 is not cut


def test_what_does_not_exist_leaves_gaps_and_no_error():
    sure = MadeUp("large", insider, chance=dict.fromkeys(CHANCE, 1.0))
    few = measured(perform({"large": sure}, MODELS[:1], ("facts",), questions=9), MODELS[:1])
    figure = plots.reliability(measure.curve_table(few.experiment), few.cells, "large")
    assert [ax.get_title() for ax in figure.axes] == [condition.name for condition in plots.SHOWN]
    assert np.isnan(heights(plots.by_size(few.cells).axes[0], COMPARISON_20.name)).all()
    figure = plots.matrix(measure.matrix_table(few.experiment, MODELS[:1], SCORING))
    assert [text.get_text() for text in figure.axes[0].texts] == ["–"]
    plots.baselines(measure.baseline_table(few.experiment, MODELS[:1], SCORING))
    plots.controls(few.cells, "large")


def test_a_model_without_judging_documents_can_be_the_only_one(noisy):
    alone = noisy.cells[noisy.cells["model"] == "small-none"]
    assert len(heights(plots.by_size(alone).axes[0], COMPARISON_20.name)) == 1
