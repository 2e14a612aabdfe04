import numpy as np
import pytest

from common.stats.resamples import from_resamples, reflected, resample_weights


def test_weights_start_with_the_data_and_repeat_with_the_seed():
    first, second = (resample_weights(60, 20, np.random.default_rng(3), (5,)) for _ in range(2))
    assert first.shape == (21, 5, 60)
    assert (first == second).all()
    assert (first[0] == 1).all()
    assert (first.sum(-1) == 60).all()
    assert (first[1:, 0] != first[1:, 1]).any()


def test_one_group_needs_no_axis():
    weights = resample_weights(7, 50, np.random.default_rng(0))
    assert weights.shape == (51, 7)
    assert (weights[0] == 1).all()
    assert (weights.sum(axis=1) == 7).all()


def test_a_statistic_of_the_data_has_the_interval_of_its_resamples():
    values = np.array([2.0, *np.linspace(1, 4, 101)])
    found = from_resamples(values, 9, "problem")
    assert (found.value, found.n) == (2, 9)
    assert (found.low, found.high) == pytest.approx((1.06, 3.94), abs=0.04)
    assert found.method == "percentile bootstrap over 9 problems, 101 resamples"


def test_a_reflected_interval_lies_on_the_other_side():
    values = np.array([2.0, *np.linspace(1, 4, 101)])
    found = reflected(values, 300, "300 items within traits")
    assert (found.low, found.high) == pytest.approx((4 - 3.94, 4 - 1.06), abs=0.04)
    assert found.method == "basic bootstrap over 300 items within traits, 101 resamples"
