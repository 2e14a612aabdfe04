import numpy as np
import pytest

from benchmarks.verdicts.worlds.self_assessment import characters, former, inventories
from replications.self_assessment import estimates
from replications.self_assessment.shifts import CONDITIONS


def test_reflected_intervals_lie_on_the_other_side_of_the_estimate():
    draws = np.array([0.3, *np.linspace(0.2, 0.6, 201)])
    found = former.reflected(lambda data, w: draws)({}, np.ones((202, 5, 60)))
    assert (found.value, found.low, found.high) == pytest.approx((0.3, 0.01, 0.39), abs=0.005)


def test_shifts_are_those_of_the_replication():
    data, w = inventories.answers(inventories.Setting(), 1, np.random.default_rng(0)), np.ones((2, 5, 60))
    assert former.shift(data, w)[0] == inventories.templates(data, w).value


def test_alphas_interval_is_that_of_resampled_alphas(monkeypatch):
    monkeypatch.setattr(characters, "solved", lambda *names: characters.USUAL)
    found = former.alpha_of_resamples(0.7, np.random.default_rng(3))
    rng = np.random.default_rng(3)
    keyed = characters.greedy(characters.USUAL, characters.CHARACTERS, rng).keyed.values
    respondents = characters.weights(rng).respondents
    original = [c for c, (_, order) in enumerate(CONDITIONS) if order == "original"]
    alphas = np.mean([estimates.of_complete(keyed[:, t, c], respondents) for t in range(5) for c in original], axis=0)
    low, high = np.quantile(alphas[1:], [0.025, 0.975])
    assert (found.value, found.low, found.high) == pytest.approx((alphas[0], low, high), abs=0.003)
