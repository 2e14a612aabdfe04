import numpy as np
import pytest

from benchmarks.verdicts.worlds import miscalibration
from benchmarks.verdicts.worlds.miscalibration import ERROR, Hidden, Letters, PTrue
from common.stats.calibration import binned

MANY = 400_000


@pytest.mark.parametrize("said", [Letters(), Letters(0.35), PTrue(), Hidden()])
@pytest.mark.parametrize("error", [0.0, 0.02, 0.05, 0.11])
def test_the_calibration_error_of_the_population_is_the_asked_truth(said, error):
    p, c = said.draw(MANY, error, np.random.default_rng(0))
    assert 0 <= p.min() <= p.max() <= 1
    assert binned.ece(p, c) == pytest.approx(error, abs=0.005)


@pytest.fixture
def few_draws(monkeypatch):
    monkeypatch.setattr(miscalibration, "RESAMPLES", 2)
    monkeypatch.setattr(miscalibration, "REDRAWS", 2)


@pytest.mark.parametrize(
    "study",
    [
        miscalibration._level(MANY, PTrue()),
        miscalibration._difference(MANY, Letters(), Letters(0.35)),
        miscalibration._slope(MANY),
    ],
)
@pytest.mark.parametrize("truth", [0.0, 0.03])
def test_levels_differences_and_slopes_are_the_asked_truth(study, truth, few_draws):
    assert study(truth, np.random.default_rng(1)).value == pytest.approx(truth, abs=0.004)


def test_errors_along_the_ladder_stay_above_zero():
    x = np.log10(miscalibration.PARAMETERS)
    steepest = max(abs(truth) for world in miscalibration.WORLDS if "slope" in world.shape for truth in world.truths)
    assert ERROR - steepest * abs(x - x.mean()).max() > 0
