import numpy as np
import pytest
from matplotlib import pyplot as plt

from replications.genrm_vs_sc import curves, figure1b, plots, recorded_plots, tables, verifier


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_open_interval_ends_in_an_arrow(comparison):
    table = tables.crossings({"output": comparison}, n=30).assign(factor=2.0, factor_low=1.5, factor_high=np.inf)
    arrows = [line for line in recorded_plots.crossing_factors(table, 30).axes[0].lines if line.get_marker() == ">"]
    assert [len(line.get_xdata()) for line in arrows] == [1]
    closed = recorded_plots.crossing_factors(table.assign(factor_high=3.0), 30).axes[0].lines
    assert sum(len(line.get_xdata()) for line in closed if line.get_marker() == ">") == 0


def test_exponents_are_drawn_in_every_variant():
    table = tables.exponent_table(figure1b.digitised(50, np.random.default_rng(0)))
    left, right = recorded_plots.exponents_by_recipe(table, (0.57, 0.39)).axes
    drawn = np.concatenate([line.get_xdata() for line in left.get_lines()[:-1]])
    assert sorted(drawn) == pytest.approx(sorted(table["a"]))
    assert right.get_xlabel().startswith("exponent b")


def test_digitised_figure_marks_both_crossings():
    texts = [
        text.get_text()
        for text in recorded_plots.digitised_figure(figure1b.digitised(1, np.random.default_rng(0))).axes[0].texts
    ]
    assert texts == ["8x", "16.25x"]


def test_parser_figure_shows_percentages_that_sum_to_a_hundred(pool, measured, weights):
    flat = pool.verdicts.reshape(-1, 4)
    right = pool.correct.ravel() == 1
    strict = np.where(flat == 1, np.nan, flat)
    effect = tables.parser_effect(
        measured.genrm,
        curves.best_of_n(pool, strict.reshape(pool.verdicts.shape), measured.sizes, measured.n_verdicts),
        measured,
        weights,
    )
    figure = recorded_plots.parser_readings(verifier.confusion(flat, strict, right), effect)
    assert sum(float(text.get_text()) for text in figure.axes[0].texts) == pytest.approx(100, abs=0.5)
    bars = plots.verifier_acceptance(verifier.yes_counts(flat, right)).axes[0].patches
    assert sum(bar.get_height() for bar in bars) == pytest.approx(200)
