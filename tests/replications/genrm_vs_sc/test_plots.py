import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from replications.genrm_vs_sc import plots


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_cells_whose_interval_spans_zero_are_in_brackets_and_large_sizes_starred(comparison):
    ax = plots.cell_map(comparison, np.array([0, 0, 0.2, 0.9])).axes[0]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1", "2", "4", "8*"]
    bracketed = [text.get_text().startswith("(") for text in ax.texts]
    assert any(bracketed)
    assert not all(bracketed)


def test_curves_are_drawn_for_each_comparison_and_named_in_titles(comparison, measured):
    figure = plots.small_multiples({"one": comparison, "two": comparison}, columns=3)
    assert [ax.get_title(loc="left") or ax.get_title() for ax in figure.axes[:2]] == ["one", "two"]
    lines = plots.accuracy_by_compute(comparison, comparison, measured.passed.mean(axis=0)).axes[0].get_lines()
    assert len(lines) == 1 + 2 * len(plots.shown(comparison)) + 1


def test_a_line_a_size_beside_the_bands_of_fixed_v(comparison):
    left, right = plots.fixed_v_and_s(comparison).axes
    assert len(right.get_lines()) == 1 + len(comparison.sizes)
    assert {"at fixed V", "at fixed S"} == {ax.get_title(loc="left") or ax.get_title() for ax in (left, right)}


def quality(names, **missing):
    columns = {f"{name}{end}": 0.5 for name in plots.MEASURES for end in ("", "_low", "_high")}
    return pd.DataFrame([{"verifier": name, **columns, **missing} for name in names])


def test_every_verifier_has_a_point_for_every_measure_that_is_defined():
    figure = plots.verifier_quality(quality(["a", "b"], auroc=np.nan, auroc_low=np.nan, auroc_high=np.nan))
    assert len(figure.axes) == len(plots.MEASURES)
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["a", "b"]


def phases(lead):
    dials = np.array([0.0, 0.5, 1.0])
    rows = [(b, t, f, lead(t, f), c) for b in (8, 16) for c in (0.0, 0.4) for t in dials for f in dials]
    return pd.DataFrame(rows, columns=["budget", "tpr", "fpr", "lead", "correlation"])


@pytest.mark.parametrize(("lead", "lines"), [(lambda t, f: t - f, True), (lambda t, f: 0.1, False)])
def test_phase_diagram_has_a_panel_a_budget_and_correlation_and_its_zero_line_only_where_there_is_one(lead, lines):
    figure = plots.phase_diagram(phases(lead), quality(["GenRM-Base"]))
    panels = [ax for ax in figure.axes if "budget" in (ax.get_title() or ax.get_title(loc="left"))]
    assert len(panels) == 4
    drawn = [any("Contour" in type(child).__name__ for child in ax.get_children()) for ax in panels]
    assert drawn == [lines] * 4


def test_a_budget_at_which_no_verifier_leads_has_no_point():
    table = pd.DataFrame({"budget": [4, 4, 8, 8], "accuracy": [0.5, 1.0] * 2, "lead": [-0.1, -0.1, -0.1, 0.2]})
    needed = pd.DataFrame(
        {"budget": [4, 8], "accuracy": [np.inf, 1.0], "accuracy_low": [np.inf, 0.5], "accuracy_high": [np.inf, 1.0]}
    )
    (line,) = plots.accuracy_by_budget(table, needed).axes[0].get_lines()
    assert np.isnan(line.get_ydata()).tolist() == [True, False]


def test_accuracies_that_are_never_reached_are_arrows_at_the_edge():
    ends = {f"{name}{end}": [4.0, 8.0] for name in ("base", "tuned") for end in ("", "_low", "_high")}
    table = pd.DataFrame({"accuracy": [0.5, 0.6], **ends}).assign(tuned_high=[8.0, np.inf])
    ax = plots.equal_accuracy(table).axes[0]
    arrows = [line for line in ax.get_lines() if line.get_marker() == ">"]
    assert [len(line.get_xdata()) for line in arrows] == [0, 1]
