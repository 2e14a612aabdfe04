import numpy as np
import pytest

from benchmarks.verdicts.worlds.genrm_vs_sc import family, pooled
from common import claims, subjects


def test_the_primary_claims_of_the_live_notebook_lie_at_their_boundaries_together():
    whole = family.all_at_their_boundary()
    truths = {name: whole.truth(measure) for name, measure in family.MEASURES.items()}
    assert truths["sc-first"] == pytest.approx(0, abs=1e-8)
    assert truths["genrm-wins-later"] == pytest.approx(0, abs=1e-8)
    assert truths["fine-tuning-pays"] == pytest.approx(1)
    assert truths["costs-more-within-a-point"] == pytest.approx(0.76)
    assert whole.truth(family._reach) == pytest.approx(0, abs=1e-7)
    lab = subjects.find("lab-0.15m")
    assert set(truths) == {
        claim.id for claim in claims.stated("genrm_vs_sc") if claim.about(lab) and claim.primary_on(lab)
    }


def test_the_claims_share_a_study():
    (world,) = family.WORLDS
    found = world.study(0.0, np.random.default_rng(3))
    both, weights = family.all_at_their_boundary().study(family.PROBLEMS, family.RESAMPLES, np.random.default_rng(3))
    assert {one.n for one in found.values()} == {family.PROBLEMS}
    assert found["genrm-wins-later"].value == pooled.largest_gain(both, weights).value
    assert found["sc-first"].value == pooled.sc_first(both, weights).value
