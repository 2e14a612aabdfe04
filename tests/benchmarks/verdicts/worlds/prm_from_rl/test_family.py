import numpy as np
import pytest

from benchmarks.verdicts.worlds.prm_from_rl import family, samples
from common import claims, subjects
from common.stats.estimates import Estimate


@pytest.fixture
def useless(monkeypatch):
    """As `family.useless` finds it in the large simulation, which takes a minute."""
    judge = samples.Judge(right_hard=0.4436, wrong_hard=0.2, right_easy=0.45, wrong_easy=0.2064)
    monkeypatch.setattr(family, "useless", lambda: judge)
    monkeypatch.setattr(family, "RESAMPLES", 20)
    return judge


def test_all_primary_claims_lie_on_their_boundary(useless):
    (world,) = family.WORLDS
    about_it = [one for one in claims.stated("prm_from_rl") if one.about(subjects.find("lab-0.15m"))]
    assert set(world.rules) == {one.id for one in about_it if one.rule and one.rule.primary}
    found = [world.study(0.0, np.random.default_rng(seed)) for seed in range(8)]
    for name in world.rules:
        values = np.array([one[name].value for one in found if isinstance(one[name], Estimate)])
        assert len(values) > 4
        assert abs(values.mean()) < 4 * values.std(ddof=1) / np.sqrt(len(values)), name


def test_its_judge_tells_right_from_wrong_as_well_on_hard_problems(useless):
    assert abs(samples.loss(useless)) < 1e-3
