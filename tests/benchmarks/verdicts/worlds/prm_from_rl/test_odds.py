import numpy as np
import pytest

from benchmarks.verdicts.worlds.prm_from_rl import odds
from replications.prm_from_rl import dependence
from replications.prm_from_rl.judging import Resampled
from tests.benchmarks.verdicts.worlds.prm_from_rl import drawn


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch):
    monkeypatch.setattr(odds, "RESAMPLES", 10)


@pytest.mark.parametrize("world", odds.WORLDS, ids=lambda one: f"{one.kind}, {one.shape}")
def test_a_world_is_drawn_at_the_truth_that_it_says(world):
    drawn.check(world, world.truths[min(1, len(world.truths) - 1)], 15, slack=0.05)


def plain(chances):
    rng = np.random.default_rng(0)
    found = []
    for _ in range(3):
        made = odds.answered(chances, 0.0, rng)
        runs = zip(made.final("outcome", "own"), made.final("outcome"), strict=True)
        resampled = Resampled(made.items, rng, 1)
        found += [dependence.log_odds(made.items, own, said, resampled).plain[0] for own, said in runs]
    return np.mean(found)


def test_difficulty_alone_moves_the_plain_odds_ratio():
    assert plain(odds.by_stratum) > 0.4
    assert plain(odds.by_step) > 0.4
    assert abs(plain(odds.level)) < 0.25
