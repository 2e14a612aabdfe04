import numpy as np
import pytest

from benchmarks.verdicts.worlds.self_assessment import inventories
from benchmarks.verdicts.worlds.self_assessment.inventories import FAMILY, Setting
from replications.self_assessment import estimates
from replications.self_assessment.shifts import BETWEEN_ORDERS, BETWEEN_TEMPLATES

WORLDS = {world.shape.partition(": ")[2]: world for world in inventories.WORLDS if world.kind != "family"}
MEASURES = inventories.PRIMARY | {
    "most-significant-as-published": inventories.as_published,
    "keying": inventories.keying,
    "order-symmetry": inventories.kept,
}


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(inventories, "RESAMPLES", 2)
    monkeypatch.setattr(inventories, "STUDIES", 60)
    yield
    inventories.solved.cache_clear()


def test_worlds_measure_as_the_replication_does():
    data, w = inventories.answers(Setting(), 1, np.random.default_rng(0)), inventories.weights(np.random.default_rng(1))
    made = estimates.recorded(data, w)
    for claim, measure in MEASURES.items():
        found = measure(data, w)
        assert (found.value, found.low, found.high) == (made[claim].value, made[claim].low, made[claim].high), claim


@pytest.mark.parametrize(
    "which", ["paired, keyed, Holm", "as published", "unkeyed less keyed", "kept in reversed order"]
)
def test_studies_show_the_asked_truth_on_average(which):
    world = WORLDS[which]
    truth = world.truths[0]
    values = [world.study(truth, np.random.default_rng([2, seed]))[world.kind].value for seed in range(60)]
    assert np.mean(values) == pytest.approx(truth, abs=0.02)


@pytest.mark.parametrize("which", ["between templates", "between orders"])
def test_a_shift_is_the_asked_truth_with_many_items(which, monkeypatch):
    few, many = inventories.answers, 10_000

    def answers(setting, studies, rng, items=many):
        return few(setting, studies, rng, items)

    monkeypatch.setattr(inventories, "ITEMS", many)
    monkeypatch.setattr(inventories, "answers", answers)
    world = WORLDS[which]
    for truth in (world.truths[0], world.truths[-1]):
        # even so the floor of noise takes a little
        found = world.study(truth, np.random.default_rng(2))[world.kind].value
        assert truth - 0.025 < found < truth + 0.01


def test_claims_of_the_family_lie_on_their_boundaries():
    assert inventories.without_end(BETWEEN_TEMPLATES, FAMILY) == pytest.approx(0.25, abs=0.005)
    assert inventories.without_end(BETWEEN_ORDERS, FAMILY) == pytest.approx(0.25, abs=0.005)
    assert inventories.on_average(inventories.most_significant, FAMILY) == pytest.approx(0.5, abs=0.01)


def test_answers_look_like_the_published_ones():
    """Numbers of results/self_assessment/self_assessment/chat-models: shifts .33 and .38, shares .33 and .82."""
    published = {
        "template-shift": 0.33,
        "order-shift": 0.38,
        "most-significant": 0.33,
        "most-significant-as-published": 0.82,
    }
    for claim, value in published.items():
        assert inventories.on_average(MEASURES[claim], Setting()) == pytest.approx(value, abs=0.1), claim
