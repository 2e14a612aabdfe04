import numpy as np
import pytest

from replications.genrm_vs_sc import figure1b
from replications.genrm_vs_sc.compute import cost_to_reach


@pytest.fixture(scope="module")
def figure():
    return figure1b.digitised(500, np.random.default_rng(0))


def test_first_cell_at_the_peak_costs_over_sixteen_times_as_much_whatever_the_reading_error(figure):
    accuracy, size = figure.sc_peak
    assert (accuracy[0], size[0]) == (55.62, 128)
    assert np.unique(cost_to_reach(figure, accuracy) / size).tolist() == [16.25]


def test_cell_at_eight_times_the_compute_is_a_quarter_of_a_point_short(figure):
    s, v = list(figure.sizes).index(32), list(figure.n_verdicts).index(16)
    assert figure.cost[0, s, v] / 128 == 8.25
    assert figure.sc_peak[0][0] - figure.verified[0, s, v] == pytest.approx(0.25)


def test_markers_move_within_their_reading_error_and_the_shared_one_moves_once(figure):
    moved = np.abs(figure.verified - figure.verified[0])
    assert moved[:, figure1b.HIDDEN].max() == pytest.approx(figure1b.HIDDEN_ERROR, abs=0.01)
    assert moved[:, ~figure1b.HIDDEN].max() == pytest.approx(figure1b.READING_ERROR, abs=0.001)
    assert np.all(figure.verified[:, 0] == figure.verified[:, 0, :1])
    assert np.abs(figure.sc - figure.sc[0]).max() == pytest.approx(figure1b.READING_ERROR, abs=0.001)


def test_headline_gain_is_five_problems_at_best_and_not_significant(figure):
    problems, p = figure1b.best_case_p(figure.verified[0, -1, -1] - figure.sc[0, -1])
    assert problems == pytest.approx(4.8)
    assert p == pytest.approx(2 * 0.5**5)
