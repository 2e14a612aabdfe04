import numpy as np
import pytest

from benchmarks.verdicts.worlds import families


def test_claims_of_a_family_lie_on_their_boundaries_together_and_share_data(monkeypatch):
    monkeypatch.setattr(families, "RESAMPLES", 2)
    found = families.p_true(100_000).study(0.0, np.random.default_rng(0))
    assert {name: one.value for name, one in found.items()} == pytest.approx(dict.fromkeys(found, 0.0), abs=0.006)

    def several():
        studies = [families.p_true(300).study(0.0, np.random.default_rng([1, seed])) for seed in range(60)]
        return np.array([[one.value for one in study.values()] for study in studies])

    # a better Brier score of the twenty-shot condition goes with a better AUROC of it
    assert np.corrcoef(several().T)[1, 2] < -0.1
