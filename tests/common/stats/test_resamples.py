import numpy as np
import pytest

from common.stats.resamples import centred, from_resamples, resample_weights


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


def test_a_centred_interval_lies_around_the_estimate_wherever_the_draws_lie():
    values = np.array([2.0, *np.linspace(5, 8, 101)])
    found = centred(values, 300, "300 items within traits")
    assert found.value == 2
    assert (found.low, found.high) == pytest.approx((2 - 1.44, 2 + 1.44), abs=0.04)
    assert found.method == "percentile bootstrap over 300 items within traits, 101 resamples, centred on the estimate"


def test_an_interval_without_a_noise_floor_at_its_upper_end_reaches_from_one_number_to_the_other():
    values = np.array([2.0, *np.linspace(5, 8, 101)])
    found = centred(values, 300, "300 items within traits", most=2.5)
    assert found.value == 2
    assert (found.low, found.high) == pytest.approx((2 - 1.44, 2.5 + 1.44), abs=0.04)
    assert found.method.endswith("from shift beyond noise to measured shift")
