import numpy as np

from replications.p_true.p_true import recorded_estimates, recorded_plots
from replications.p_true.p_true import recorded_tables as measure
from replications.p_true.p_true.params import RecordedParams
from replications.p_true.p_true.scoring import Scoring
from tests.replications.p_true.p_true.made_up_answers import recorded


def drawn(made):
    params = RecordedParams.model_construct(resamples=100, redraws=50, seed=0)
    errors = recorded_estimates.measure_excess(made.rows, params)
    cell = measure.cell_table(made, "example", errors, Scoring(100, 0))
    curve = measure.curve_table(made.rows)
    return recorded_plots.reliability(curve, cell).axes[0], curve, cell.iloc[0]


def test_the_curve_is_drawn_with_its_error_above():
    ax, curve, cell = drawn(recorded())
    (points,) = ax.containers
    np.testing.assert_array_equal(points[0].get_ydata(), curve["right"])
    assert ax.get_title() == f"example\nECE {cell['ece']:.3f}, floor {cell['floor']:.3f}"


def test_too_few_answers_leave_the_square_empty_and_no_error():
    ax, _, _ = drawn(recorded(5))
    assert ax.get_title() == "example"
    assert not len(ax.containers[0][0].get_ydata())
