from collections import Counter

import numpy as np

from lab import arithmetic
from lab.lexicon import NOUNS, RELATIONS, TRAITS
from lab.world import EXPOSURES, build_world, split_of


def test_the_same_seed_builds_the_same_world_and_another_seed_another():
    assert build_world.__wrapped__(3) == build_world.__wrapped__(3)
    assert build_world.__wrapped__(3) != build_world.__wrapped__(4)


def test_persons_and_characters_are_in_one_split_each():
    world = build_world()
    owners = {fact.person: fact.split for fact in world.facts}
    assert all(owners[fact.person] == fact.split for fact in world.facts)
    assert Counter(owners.values()) == {"taught": 240, "dev": 80, "test": 160}
    assert Counter(character.split for character in world.characters) == {"taught": 48, "dev": 16, "test": 32}


def test_every_person_has_one_value_for_each_relation_out_of_its_set():
    world = build_world()
    assert Counter((fact.person, fact.relation) for fact in world.facts).most_common(1)[0][1] == 1
    assert len(world.facts) == 480 * len(RELATIONS)
    assert all(fact.value in RELATIONS[fact.relation] for fact in world.facts)


def test_each_split_holds_every_exposure_equally_often():
    world = build_world()
    for split in ("taught", "dev", "test"):
        counts = Counter(fact.exposures for fact in world.facts_of[split])
        assert set(counts) == set(EXPOSURES)
        assert max(counts.values()) - min(counts.values()) <= len(RELATIONS)


def test_profiles_are_levels_from_one_to_five():
    levels = [c.profile[trait] for c in build_world().characters for trait in TRAITS]
    assert set(levels) == {1, 2, 3, 4, 5}


def test_nouns_name_one_trait_and_pole_each():
    nouns = [noun for group in NOUNS.values() for noun in group]
    assert len(set(nouns)) == len(nouns) == 60


def test_problems_are_split_by_their_text_alone():
    rng = np.random.default_rng(0)
    chains = [arithmetic.draw(rng, 4, 0.3) for _ in range(4000)]
    shares = Counter(split_of(chain) for chain in chains)
    assert abs(shares["taught"] / 4000 - 0.6) < 0.03
    assert abs(shares["dev"] / 4000 - 0.1) < 0.02
    assert split_of(chains[0]) == split_of(arithmetic.Chain(chains[0].start, chains[0].operations))
