import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from replications.p_true import plot_parts


@pytest.fixture
def table():
    """Two sizes, the smaller with two seeds, and another dose."""
    return pd.DataFrame(
        {
            "model": ["big", "small-1", "small", "small-none"],
            "size": ["1m", "0.1m", "0.1m", "0.1m"],
            "seed": [0, 1, 0, 0],
            "dose": ["high", "high", "high", "none"],
            "parameters": [1000, 100, 100, 100],
            "auroc": [0.9, 0.6, np.nan, 0.5],
            "auroc_low": [0.8, 0.7, np.nan, 0.4],
            "auroc_high": [0.95, 0.8, np.nan, 0.6],
        }
    )


def test_sizes_grow_to_the_right_with_seeds_side_by_side_and_other_doses_left_out(table):
    rows = plot_parts.of_size(table)
    assert rows["model"].tolist() == ["small", "small-1", "big"]
    assert rows["name"].tolist() == ["0.1m", "0.1m", "1m"]
    assert rows["place"].tolist() == [0, 0.06, 1]


def test_a_model_of_another_dose_alone_has_a_place_too(table):
    assert plot_parts.of_size(table[table["dose"] == "none"])["place"].tolist() == [0]


def test_a_model_that_is_no_rung_stands_under_its_name(table):
    rows = plot_parts.of_size(table.head(1).assign(size="", model="org/some-model"))
    _, ax = plt.subplots()
    plot_parts.size_axis(ax, rows)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["some-model"]


def test_the_axis_names_each_size_once(table):
    _, ax = plt.subplots()
    plot_parts.size_axis(ax, plot_parts.of_size(table))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0.1m", "1m"]
    assert ax.get_xlim() == (-0.5, 1.6)


def test_a_measure_stands_at_its_place_with_its_interval_and_one_outside_its_interval_is_drawn(table):
    _, ax = plt.subplots()
    plot_parts.measured(ax, plot_parts.of_size(table), "auroc", "black", "o", "label", shift=0.1)
    points, _, (bars,) = ax.containers[0]
    np.testing.assert_allclose(points.get_xdata().astype(float), [0.1, 0.16, 1.1])
    np.testing.assert_allclose(points.get_ydata().astype(float), [np.nan, 0.6, 0.9])
    np.testing.assert_allclose(bars.get_segments()[-1][:, 1], [0.8, 0.95])
    np.testing.assert_allclose(bars.get_segments()[-2][:, 1], [0.6, 0.8])


def test_the_note_on_a_calibration_error_is_empty_where_there_is_none():
    cell = pd.DataFrame({"ece": [0.1234], "floor": [0.05]})
    assert plot_parts.error_note(cell) == "\nECE 0.123, floor 0.050"
    assert plot_parts.error_note(cell.assign(mass=0.987)) == "\nECE 0.123, floor 0.050, mass 0.99"
    assert plot_parts.error_note(cell.assign(ece=np.nan)) == plot_parts.error_note(cell[["floor"]]) == ""


def test_levels_show_one_model_a_panel_a_task():
    table = pd.DataFrame(
        {
            "model": ["mine", "mine", "other", "mine"],
            "task": ["facts", "facts", "facts", "arithmetic"],
            "level": ["0", "16", "16", "1 step"],
            "accuracy": [0.1, 0.5, 0.0, 0.9],
            "mean_p": [0.2, 0.6, 0.0, 0.8],
        }
    )
    left, right = plot_parts.levels(table, "mine", "what it says").axes
    assert [left.get_title(), right.get_title()] == ["facts", "arithmetic"]
    assert [list(line.get_ydata()) for line in left.get_lines()] == [[0.1, 0.5], [0.2, 0.6]]
    assert [line.get_label() for line in right.get_lines()] == ["share right", "what it says"]
