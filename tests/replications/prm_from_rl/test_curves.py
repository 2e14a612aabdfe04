import numpy as np
import pytest

from replications.prm_from_rl import curves
from replications.prm_from_rl.study import BASE, FORMAT, OUTCOME
from tests.replications.prm_from_rl import made_up


def test_correlations_of_increments_are_numpys_at_every_lag():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(3, 12)).cumsum(axis=1), rng.normal(size=(3, 12)).cumsum(axis=1)
    for lag in (-3, 0, 2):
        found = curves.correlations(a, b, lag)
        for i in range(3):
            for j in range(3):
                x, y = np.diff(a[i]), np.diff(b[j])
                x, y = (x[: 11 - lag], y[lag:]) if lag >= 0 else (x[-lag:], y[: 11 + lag])
                assert found[i, j] == pytest.approx(np.corrcoef(x, y)[0, 1])


def test_a_curve_that_does_not_move_has_no_correlation():
    assert np.isnan(curves.correlations(np.ones((1, 5)), np.arange(10.0).reshape(2, 5) ** 2)).all()


def test_curves_that_share_a_trend_alone_have_no_excess_and_those_of_one_run_do():
    rng = np.random.default_rng(1)
    trend = np.sqrt(np.arange(40.0))
    solving = trend + 0.2 * rng.normal(size=(6, 40))
    apart, together = trend + 0.2 * rng.normal(size=(6, 40)), solving + 0.1 * rng.normal(size=(6, 40))
    assert abs(curves.excess(curves.correlations(solving, apart)).mean()) < 0.15
    assert curves.excess(curves.correlations(solving, together)).mean() > 0.7


def test_curves_hold_the_accuracies_at_every_checkpoint(study_made):
    found = curves.of(study_made, OUTCOME)
    assert found.steps == [0, *made_up.STEPS]
    assert found.solving.shape == found.f1.shape == (3, 31)
    assert found.solving[0, 0] == study_made.values[BASE, 0, 0, "solve"].mean()
    assert curves.of(study_made, BASE) is None
    table = curves.table(study_made, [OUTCOME, FORMAT, "model"])
    assert len(table) == 2 * 3 * 31
    assert table.loc[0, "f1"] == found.f1[0, 0]


def test_lags_need_thirty_checkpoints_and_two_runs(study_made):
    found = curves.of(study_made, OUTCOME)
    assert curves.lags(found)["lag"].tolist() == list(curves.LAGS)
    few = curves.Curves(found.steps[:20], *(getattr(found, n)[:, :20] for n in ("solving", "f1", "error", "correct")))
    one = curves.Curves(found.steps, *(getattr(found, n)[:1] for n in ("solving", "f1", "error", "correct")))
    assert curves.lags(few).empty
    assert curves.lags(one).empty
