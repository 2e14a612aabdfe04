import numpy as np
import pytest

from benchmarks.verdicts.worlds import accuracy

MANY = 400_000


@pytest.mark.parametrize("gain", [0.0, 0.02, 0.04])
def test_paired_accuracies_differ_by_the_truth_and_mostly_not_at_all(gain):
    values = accuracy.alike_but_few(MANY, gain, np.random.default_rng(0))
    assert values.mean() == pytest.approx(gain, abs=0.002)
    assert (values == 0).mean() == pytest.approx(accuracy.SAME, abs=0.005)
    assert abs(values).max() <= 1


@pytest.mark.parametrize("mean", [0.0, 0.02])
def test_differences_of_probabilities_have_the_true_mean_and_a_long_tail(mean):
    values = accuracy.skewed(MANY, mean, np.random.default_rng(0))
    assert values.mean() == pytest.approx(mean, abs=0.001)
    assert values.std() == pytest.approx(accuracy.SPREAD, rel=0.02)
    assert np.median(values) < mean
