import numpy as np
import pytest

from common.stats.estimates import Undefined
from replications.p_true.p_ik import plots
from replications.p_true.p_ik import tables as measure
from replications.p_true.p_ik.articles import CONTROL, TELLING
from replications.p_true.p_ik.experiment import ALL, Material
from replications.p_true.p_ik.hints import BAD, FOREIGN, GOOD, THIRDS
from replications.p_true.p_ik.prompts import PLAIN, Variants
from replications.p_true.tasks import load_task
from tests.replications.p_true.p_ik import heads_of

PANELS = [(task, head) for task in ("facts", "arithmetic") for head in ("facts", ALL)]


@pytest.fixture(scope="module")
def case():
    return heads_of.case([heads_of.LARGE, *heads_of.SMALL])


@pytest.fixture(scope="module")
def cells(case):
    return measure.cell_table(case)


def points(ax, label):
    """Where the points of a label stand."""
    drawn = next(each[0] for each in ax.containers if each.get_label() == label)
    return drawn.get_xdata().astype(float), drawn.get_ydata().astype(float)


def test_every_question_is_in_a_histogram_of_what_is_known(case):
    rows = measure.samples([case])
    figure = plots.histograms(rows[rows["model"] == "lab-1.3m"])
    assert [ax.get_title() for ax in figure.axes] == [f"{task}, trained on {head}" for task, head in PANELS]
    for ax, (task, _) in zip(figure.axes, PANELS, strict=True):
        known = case.known(task).known.sum()
        assert [sum(bar.get_height() for bar in side) for side in ax.containers] == [known, 200 - known]


def test_reliability_has_a_panel_a_task_and_head_with_its_error(case, cells):
    curves = measure.curve_table(case)
    figure = plots.reliability(curves, cells, "lab-1.3m")
    for ax, (task, head) in zip(figure.axes, PANELS, strict=True):
        cell = cells.query("model == 'lab-1.3m' and head == @head and task == @task").iloc[0]
        note = f"ECE {cell['ece']:.3f}, floor {cell['floor']:.3f}"
        assert ax.get_title() == f"{task}, trained on {head}\n{note}"
        curve = curves.query("head == @head and task == @task")
        np.testing.assert_array_equal(points(ax, head)[1], curve["right"])


def test_without_curves_panels_are_empty_and_titled(case, cells):
    none = measure.curve_table(case).iloc[:0]
    figure = plots.reliability(none, cells.drop(columns=["ece", "floor"]), "lab-1.3m")
    assert [ax.get_title() for ax in figure.axes] == [f"{task}, trained on {head}" for task, head in PANELS]
    assert not any(ax.containers for ax in figure.axes)


def test_measures_stand_by_size_beside_likelihood_and_base_rate(case, cells):
    likelihood = measure.likelihood_table(case)
    figure = plots.by_size(cells, likelihood)
    order = [model.name for model in (*heads_of.SMALL, heads_of.LARGE)]
    _, auroc, _, brier = figure.axes
    assert auroc.get_title() == "arithmetic"
    mine = cells.query("head == 'facts' and task == 'arithmetic'").set_index("model").loc[order]
    np.testing.assert_array_equal(points(auroc, "trained on facts")[1], mine["auroc"])
    np.testing.assert_array_equal(points(brier, "trained on facts")[1], mine["brier"])
    free = likelihood[likelihood["task"] == "arithmetic"].set_index("model").loc[order, "auroc"]
    np.testing.assert_array_equal(points(auroc, "likelihood of the greedy answer")[1], free)
    base = next(line.get_ydata() for line in brier.get_lines() if line.get_label() == "base rate alone")
    np.testing.assert_allclose(base, mine["base_rate_brier"])
    assert [label.get_text() for label in brier.get_xticklabels()] == ["0.05m", "1.3m"]
    assert len(figure.legends[0].get_texts()) == 4


def test_articles_are_shown_by_level_and_beside_right_answers(case):
    facts = heads_of.TASKS["facts"]
    versions = (PLAIN, TELLING, CONTROL)
    material = Material(Variants(facts, dict.fromkeys(versions, facts.questions)), Undefined("none"))
    right = {version: np.full(200, share) for version, share in zip(versions, (0.3, 1.0, 0.2), strict=True)}
    table = measure.material_table(case, material, {"articles": right})
    figure = plots.articles(measure.article_levels(case, material), table[table["head"] == "facts"])
    levels, whole = figure.axes
    np.testing.assert_allclose(points(levels, TELLING[0])[1], 0.9)
    assert [label.get_text() for label in levels.get_xticklabels()] == list(facts.levels)
    assert [bar.get_height() for bar in whole.patches] == pytest.approx([0.4, 0.3, 0.9, 1.0, 0.5, 0.2])
    assert len(figure.legends[0].get_texts()) == 3


def test_hints_start_where_there_is_none_and_grow_to_the_right(case):
    task = load_task("arithmetic", "dev", 60)
    there = dict.fromkeys(case.said["lab-1.3m"].hints[ALL], task.questions)
    right = {version: np.full(60, version[1]) for version in there}
    table = measure.material_table(case, Material(Undefined("no"), Variants(task, there)), {"hints": right})
    figure = plots.hints(table)
    titles = ["P(IK), trained on facts", f"P(IK), trained on {ALL}", "right greedy answers"]
    assert [ax.get_title() for ax in figure.axes] == titles
    expected = {GOOD: [0.3, 0.5, 0.7, 0.9], BAD: [0.3, 0.5, 0.5, 0.5], FOREIGN: [0.3, 0.2, 0.2, 0.2]}
    for kind, values in expected.items():
        x, y = points(figure.axes[1], f"{kind} hint")
        np.testing.assert_allclose(y, values)
        np.testing.assert_allclose(x, [0, *THIRDS], atol=0.021)
        np.testing.assert_allclose(points(figure.axes[2], f"{kind} hint")[1], [0, *THIRDS])
