import numpy as np
import pytest

from benchmarks.verdicts.worlds.genrm_vs_sc import figures
from replications.genrm_vs_sc import figure1b


def test_the_population_is_fitted_to_the_figure():
    assert figures.printed(0) == pytest.approx(figure1b.GENRM, abs=3)


@pytest.mark.parametrize("truth", figures.TRUTHS)
def test_the_estimate_from_the_whole_population_is_the_asked_truth(truth):
    found = figures.read(figures.printed(figures.tilt(truth)), 1, np.random.default_rng(0))
    assert found.value == pytest.approx(truth, abs=1e-8)


def test_a_reader_errs_by_the_reading_error_and_problems_by_much_more():
    printed = figures.printed(0)
    assert np.abs(figures.misread(printed, np.random.default_rng(0)) - printed).max() <= figure1b.HIDDEN_ERROR
    rng = np.random.default_rng(1)
    means = [figures.problems()[rng.choice(figures.POPULATION, figure1b.PROBLEMS)].mean(axis=0) for _ in range(30)]
    assert np.std(means, axis=0).min() > 10 * figure1b.READING_ERROR


def test_at_the_margin_half_of_all_figures_are_beyond(monkeypatch):
    monkeypatch.setattr(figures, "RESAMPLES", 2)
    for study in (figures._printed, figures._problems):
        values = [study(0.0, np.random.default_rng(seed)).value for seed in range(60)]
        assert 0.25 < np.mean(np.array(values) > 0) < 0.75
