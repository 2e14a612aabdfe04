import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from common import plots


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_a_value_outside_its_interval_has_a_bar_on_one_side_and_what_is_undefined_none():
    rows = pd.DataFrame({"x": [0.6, 0.9, np.nan], "x_low": [0.7, 0.8, np.nan], "x_high": [0.8, 0.95, np.nan]})
    np.testing.assert_allclose(plots.interval(rows, "x"), [[0, 0.1, np.nan], [0.2, 0.05, np.nan]])
    alone = rows.rename(columns={"x_low": "low", "x_high": "high"})
    np.testing.assert_array_equal(plots.interval(alone, "x", alone=True), plots.interval(rows, "x"))


def test_a_table_without_rows_has_no_bars():
    assert plots.interval(pd.DataFrame(columns=["x", "low", "high"]), "x", alone=True).shape == (2, 0)


def test_lines_and_bands_lie_where_they_should():
    _, ax = plt.subplots()
    plots.null_line(ax, 0.5, ":")
    plots.band(ax, [0, 1], [0.2, 0.3], [0.4, 0.6], "black")
    assert list(ax.get_lines()[0].get_ydata()) == [0.5, 0.5]
    (area,) = ax.collections
    assert area.get_paths()[0].get_extents().bounds == pytest.approx((0, 0.2, 1, 0.4))


def test_reliability_points_carry_their_intervals():
    curve = pd.DataFrame({"mean_p": [0.2, 0.8], "right": [0.0, 0.7], "low": [0.0, 0.5], "high": [0.3, 0.9]})
    _, ax = plt.subplots()
    plots.reliability(ax, curve, "black", "o", "label")
    points, _, (bars,) = ax.containers[0]
    assert points.get_xydata().tolist() == [[0.2, 0.0], [0.8, 0.7]]
    np.testing.assert_allclose([part[:, 1] for part in bars.get_segments()], [[0.0, 0.3], [0.5, 0.9]])


def test_the_diagonal_is_that_of_the_unit_square():
    _, ax = plt.subplots()
    plots.diagonal(ax)
    assert ax.get_lines()[0].get_xydata().tolist() == [[0, 0], [1, 1]]
    assert ax.get_xlim() == ax.get_ylim() == (-0.02, 1.02)


def test_a_heat_map_writes_each_entry_in_its_cell_so_that_it_can_be_read():
    _, ax = plt.subplots()
    plots.heat_map(ax, pd.DataFrame([[0.0, 50.0], [99.0, 100.0]], ["a", "b"], ["c", "d"]), "{:.0f}%", "Blues", 0, 100)
    assert [(text.get_position(), text.get_text()) for text in ax.texts] == [
        ((0, 0), "0%"), ((1, 0), "50%"), ((0, 1), "99%"), ((1, 1), "100%")
    ]  # fmt: skip
    assert [text.get_color() for text in ax.texts] == ["black", "black", "white", "white"]
    assert [label.get_text() for label in (*ax.get_yticklabels(), *ax.get_xticklabels())] == ["a", "b", "c", "d"]
