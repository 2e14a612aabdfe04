import pytest

from replications.p_true.choices import recorded_plots as plots
from replications.p_true.choices import recorded_tables as tables


@pytest.fixture
def cells(as_claimed):
    return tables.cell_table(as_claimed.data["arc"], as_claimed.tops["arc"], as_claimed.errors["arc"])


def titles(figure):
    return [ax.get_title() for ax in figure.axes if ax.get_visible()]


def test_every_model_has_a_panel_of_its_own(as_claimed):
    figure = plots.reliability(tables.curve_table(as_claimed.data["arc"], as_claimed.tops["arc"]))
    assert titles(figure)[:4] == ["LLaMA 7B", "LLaMA 13B", "LLaMA 30B", "LLaMA 65B"]
    assert len(titles(figure)) == 10
    assert "ARC-Challenge" in figure._supxlabel.get_text()


@pytest.mark.parametrize("draw", [plots.calibration_error, plots.brier])
def test_families_stand_side_by_side_on_one_scale_that_holds_every_point(cells, draw):
    figure = draw(cells)
    assert titles(figure) == ["LLaMA", "Llama-2", "Llama-2-chat"]
    assert len({ax.get_ylim() for ax in figure.axes}) == 1
    low, high = figure.axes[0].get_ylim()
    drawn = [y for ax in figure.axes for line in ax.get_lines() for y in line.get_ydata()]
    assert low == 0
    assert max(drawn) <= high
    assert len(figure.legends[0].get_texts()) == 4


def test_the_floor_is_drawn_where_it_was_measured(cells):
    figure = plots.calibration_error(cells)
    heights = [y for line in figure.axes[0].get_lines() if line.get_marker() == "_" for y in line.get_ydata()]
    assert set(cells[cells["family"] == "LLaMA"]["floor"]) <= set(heights)


def test_temperatures_and_errors_stand_in_the_legend(as_claimed):
    mended = as_claimed.mended["mmlu"]
    figure = plots.before_and_after(tables.mended_curves(mended), tables.temperature_table("mmlu", mended))
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert labels[1].startswith(f"fitted, T = {mended.fitted['Llama-2-7b-chat-hf']:.2f}: ECE ")
    assert "1,000 questions of MMLU" in figure._supxlabel.get_text()
