import numpy as np
import pytest

from benchmarks.verdicts.worlds.prm_from_rl import curves
from replications.prm_from_rl.study import OUTCOME, REJECTION
from tests.benchmarks.verdicts.worlds.prm_from_rl import drawn


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(curves, "RESAMPLES", 10)
    monkeypatch.setattr(curves, "SIMULATED", 400)
    for solved in (curves.expected, curves.together_at):
        solved.cache_clear()
    yield
    for solved in (curves.expected, curves.together_at):
        solved.cache_clear()


@pytest.mark.parametrize("world", curves.WORLDS, ids=lambda one: one.kind)
def test_a_world_is_drawn_at_the_truth_that_it_says(world):
    drawn.check(world, world.truths[1], 15, slack=0.02 if world.kind.startswith("co") else 0)


def test_increments_are_as_large_as_the_published_ones():
    solving, f1 = curves.drawn(curves.TRAINED, 0.0, np.random.default_rng(0), runs=500)
    for curve in (solving, f1):
        steps = np.diff(curve, axis=1)
        assert steps.std() == pytest.approx(0.011, abs=0.001)
        assert np.corrcoef(steps[:, :-1].ravel(), steps[:, 1:].ravel())[0, 1] == pytest.approx(-0.22, abs=0.04)


def test_checkpoints_follow_their_trend_and_change_as_many_items_as_the_published_ones():
    made = [curves.side_by_side(0.0, np.random.default_rng(seed)) for seed in range(3)]
    for arm, path, changed in ((OUTCOME, curves.REINFORCED, 19), (REJECTION, curves.REJECTING, 24)):
        values = np.array(
            [[[one.value(arm, seed, at, "solve") for at in range(31)] for seed in range(6)] for one in made]
        )
        assert values.mean(axis=(0, 1, 3)) == pytest.approx(path.solving, abs=0.03)
        assert (np.diff(values, axis=2) != 0).sum(axis=3).mean() == pytest.approx(changed, abs=5)
