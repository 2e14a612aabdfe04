import numpy as np
import pytest

from benchmarks.verdicts.worlds import weakest


@pytest.mark.parametrize("truth", [0.0, 0.06])
@pytest.mark.parametrize("apart", [0.0, weakest.APART])
def test_the_smallest_of_the_true_differences_is_the_asked_truth(truth, apart, monkeypatch):
    monkeypatch.setattr(weakest, "RESAMPLES", 2)
    assert weakest._study(100_000, apart)(truth, np.random.default_rng(0)).value == pytest.approx(truth, abs=0.006)
