import numpy as np
import pytest

from benchmarks.verdicts.worlds.self_assessment import inventories, one_model
from replications.self_assessment import estimates

WORLDS = {world.shape.partition(": ")[2]: world for world in one_model.WORLDS}


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(one_model, "RESAMPLES", 20)
    yield
    inventories.solved.cache_clear()
    one_model.solved.cache_clear()


def mean_of(world, truth, studies=60):
    found = [world.study(truth, np.random.default_rng([4, seed]))[world.kind] for seed in range(studies)]
    assert {each.n for each in found} == {120}
    return np.mean([each.value for each in found])


@pytest.mark.parametrize(
    "which", ["kept in reversed order", "one share kept less another", "turned round by a negation"]
)
def test_studies_show_the_asked_share_on_average(which):
    world = WORLDS[which]
    for truth in world.truths:
        assert mean_of(world, truth) == pytest.approx(truth, abs=0.025)


def test_draws_alike_under_all_prompts_are_no_further_apart_than_draws_under_one():
    world = WORLDS["2 draws"]
    assert mean_of(world, 0.0) == pytest.approx(0, abs=0.01)
    assert mean_of(world, 0.3) > 0.05


@pytest.mark.parametrize("which", ["between templates", "between orders"])
def test_a_shift_grows_with_what_is_asked(which):
    world = WORLDS[which]
    assert mean_of(world, 0.25, 30) < mean_of(world, 0.6, 30) < 0.65


def test_one_model_is_measured_over_its_items_as_the_replication_measures_it():
    w = one_model.weights(np.random.default_rng(0))
    assert w.respondents.tolist() == [[1.0]]
    data = one_model.kept(0.4, np.random.default_rng(1))
    found = estimates.kept(data.differences[:, :, estimates.of_orders(["MPI"])], w)
    assert "120 items within traits" in found.method
