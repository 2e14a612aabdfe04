import numpy as np
import pytest

from benchmarks.verdicts.worlds.self_assessment import characters
from benchmarks.verdicts.worlds.self_assessment.characters import FAMILY, USUAL

MANY = 2_000


@pytest.fixture(autouse=True)
def population(monkeypatch):
    monkeypatch.setattr(characters, "RESAMPLES", 2)
    monkeypatch.setattr(characters, "PEOPLE", MANY)
    yield
    characters.solved.cache_clear()


@pytest.mark.parametrize("world", characters.WORLDS, ids=lambda world: f"{world.kind}: {world.shape}")
def test_a_study_of_many_characters_shows_the_asked_truth(world, monkeypatch):
    monkeypatch.setattr(characters, "CHARACTERS", MANY)
    found = world.study(world.truths[0], np.random.default_rng(2))
    assert [one.value for one in found.values()] == pytest.approx(
        [rule.margin for rule in world.rules.values()], abs=0.03
    )


@pytest.mark.parametrize("at", [1, 2])
@pytest.mark.parametrize(
    "which", ["kept in reversed order", "one share kept less another", "turned round by a negation"]
)
def test_shares_are_the_asked_truth_beyond_the_boundary(which, at, monkeypatch):
    monkeypatch.setattr(characters, "CHARACTERS", MANY)
    world = next(world for world in characters.WORLDS if world.shape.endswith(which))
    found = world.study(world.truths[at], np.random.default_rng(2))[world.kind].value
    assert found == pytest.approx(world.truths[at], abs=0.02)


def test_a_knob_is_turned_until_the_measure_shows_the_truth():
    habits = characters.solved("order-shift", characters.greedy, "locked", 0.9)
    assert characters.in_population("order-shift", characters.greedy, habits) == pytest.approx(0.9, abs=0.005)


def test_claims_of_the_family_lie_on_their_boundaries():
    for claim in ("template-shift", "order-shift"):
        assert characters.in_population(claim, characters.greedy, FAMILY) == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize(
    ("claim", "asked", "published"),
    [
        ("profile-recovered", characters.greedy, 0.94),
        ("template-shift", characters.greedy, 0.03),
        ("order-shift", characters.greedy, 0.90),
        ("order-symmetry", characters.greedy, 0.20),
        ("order-reliability", characters.greedy, -0.99),
        ("keying", characters.greedy, -0.20),
        ("alpha", characters.greedy, 0.86),
        ("beyond-noise", characters.drawn, 0.50),
        ("cyclic-average", characters.shifted, -0.56),
    ],
)
def test_characters_answer_as_the_published_ones_do(claim, asked, published):
    """Numbers of results/self_assessment/self_assessment/lab-1.3m/lab."""
    assert characters.in_population(claim, asked, USUAL) == pytest.approx(published, abs=0.1)
