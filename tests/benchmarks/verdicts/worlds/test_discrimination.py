import numpy as np
import pytest

from benchmarks.verdicts.worlds import discrimination

MANY = 100_000


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch):
    monkeypatch.setattr(discrimination, "RESAMPLES", 2)


@pytest.mark.parametrize("truth", [0.5, 0.6])
@pytest.mark.parametrize("share", [0.05, 0.5])
def test_aurocs_are_the_asked_truth(truth, share):
    found = discrimination._auroc(MANY, share)(truth, np.random.default_rng(0))
    assert found.value == pytest.approx(truth, abs=0.01)


@pytest.mark.parametrize("truth", [0.0, 0.05])
@pytest.mark.parametrize("six", [False, True])
def test_differences_of_aurocs_are_the_asked_truth_whichever_scores_there_are(truth, six):
    found = discrimination._difference(MANY, 0.5, six=six)(truth, np.random.default_rng(1))
    assert found.value == pytest.approx(truth, abs=0.005)


def test_the_scores_of_two_judges_correlate():
    first, second = discrimination.pair(MANY, np.random.default_rng(2))
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(discrimination.ALIKE, abs=0.01)


@pytest.mark.parametrize("truth", [0.0, 0.06])
def test_the_gain_above_one_half_is_the_asked_truth(truth):
    found = discrimination._above_half(MANY)(truth, np.random.default_rng(3))
    assert found.value == pytest.approx(truth, abs=0.005)
