import numpy as np
import pytest

from benchmarks.verdicts.worlds import forecasts

MANY = 400_000


@pytest.mark.parametrize("truth", [0.0, -0.02])
@pytest.mark.parametrize("study", [forecasts._difference, forecasts._beyond_base_rate])
def test_brier_scores_differ_by_the_asked_truth(study, truth, monkeypatch):
    monkeypatch.setattr(forecasts, "RESAMPLES", 2)
    assert study(MANY)(truth, np.random.default_rng(0)).value == pytest.approx(truth, abs=0.002)
