import pytest

from benchmarks.verdicts.worlds.prm_from_rl import trainings
from tests.benchmarks.verdicts.worlds.prm_from_rl import drawn


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch):
    monkeypatch.setattr(trainings, "RESAMPLES", 10)


@pytest.mark.parametrize("world", trainings.WORLDS, ids=lambda one: one.shape)
def test_a_world_is_drawn_at_the_truth_that_it_says(world):
    drawn.check(world, world.truths[1], 30)
