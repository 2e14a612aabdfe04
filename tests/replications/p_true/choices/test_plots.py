import numpy as np
import pytest

from replications.p_true.choices import plots, tables


@pytest.fixture(scope="module")
def curves(exam):
    return tables.curve_table(exam.stated)


def titles(figure):
    return [ax.get_title().partition("\n")[0] for ax in figure.axes]


def drawn(ax, label):
    """Heights of the points of a label."""
    return next(points[0].get_ydata().astype(float) for points in ax.containers if points.get_label() == label)


def test_a_panel_a_size_shows_the_first_seed_with_and_without_examples(exam, curves):
    figure = plots.reliability(curves, exam.cells, "letters", "the likeliest letter")
    assert titles(figure) == ["0.1m", "1m"]
    for ax, model in zip(figure.axes, ("small", "large"), strict=True):
        for shots in (0, 5):
            mine = curves[(curves["model"] == model) & (curves["layout"] == "letters") & (curves["shots"] == shots)]
            np.testing.assert_array_equal(drawn(ax, f"{shots} examples"), mine["right"])
    assert "300 questions" in figure._supxlabel.get_text()


def test_a_model_without_judging_documents_alone_has_a_panel(exam, curves):
    alone = exam.cells[exam.cells["model"] == "large"].assign(dose="none")
    assert titles(plots.reliability(curves, alone, "letters", "x")) == ["1m"]


def test_calibration_errors_stand_beside_their_floors_in_a_panel_a_layout(exam):
    figure = plots.calibration_error(exam.cells)
    assert titles(figure) == list(plots.PANELS.values())
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["0.1m", "1m"]
    letters = exam.cells[(exam.cells["layout"] == "letters") & (exam.cells["shots"] == 5)].set_index("model")
    order = ["small", "small-seed1", "large"]
    np.testing.assert_array_equal(drawn(figure.axes[0], "ECE, 5 examples"), letters.loc[order, "ece"])
    floors = [line for line in figure.axes[0].get_lines() if line.get_label().startswith("noise floor")]
    np.testing.assert_array_equal(floors[1].get_ydata(), letters.loc[order, "floor"])
    assert len(figure.legends[0].get_texts()) == 4
    assert figure.axes[0].get_ylim()[0] == 0


def test_the_replaced_option_is_shown_by_whether_it_is_right(exam):
    table = tables.replaced_table(exam.answers, exam.tops)
    figure = plots.replaced(table, exam.cells)
    assert titles(figure) == list(plots.PARTS.values())
    for ax, part in zip(figure.axes, plots.PARTS, strict=True):
        mine = table[(table["part"] == part) & (table["layout"] == "replaced") & (table["shots"] == 5)]
        expected = mine.set_index("model").loc[["small", "small-seed1", "large"], "accuracy"]
        np.testing.assert_array_equal(drawn(ax, "last option: none of the above"), expected)
    assert figure.axes[0].get_lines()[-1].get_ydata()[0] == 0.25
