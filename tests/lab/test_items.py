from collections import Counter

import numpy as np

from lab.items import INVENTORY, STATEMENTS, TOLD, draw_told
from lab.lexicon import TRAITS
from lab.world import Character

EXTREME = Character("Tovi", dict.fromkeys(TRAITS, 5), "taught")


def test_the_inventory_has_one_item_a_noun_keyed_both_ways():
    assert len(INVENTORY) == len({item.noun for item in INVENTORY}) == 60
    keyed = Counter((item.trait, item.keyed) for item in INVENTORY)
    assert set(keyed) == {(trait, sign) for trait in TRAITS for sign in (1, -1)}
    assert min(keyed.values()) >= 4


def test_the_corpus_may_say_all_but_the_inventory():
    assert set(TOLD) | set(INVENTORY) == set(STATEMENTS)
    assert not set(TOLD) & set(INVENTORY)


def test_who_is_high_on_a_trait_agrees_with_items_keyed_so():
    seek = next(item for item in STATEMENTS if (item.verb, item.noun) == ("seek", "crowds"))
    avoid = next(item for item in STATEMENTS if (item.verb, item.noun) == ("avoid", "crowds"))
    assert (seek.text, seek.third, seek.trait, seek.level(EXTREME)) == ("I seek crowds", "seeks", "E", 5)
    assert (avoid.keyed, avoid.level(EXTREME)) == (-1, 1)


def test_what_is_told_is_mostly_of_seeking_and_of_the_positive_pole():
    rng = np.random.default_rng(0)
    drawn = [draw_told(rng) for _ in range(4000)]
    assert not set(drawn) & set(INVENTORY)
    approach = np.mean([item.verb in ("seek", "enjoy", "love") for item in drawn])
    assert 0.85 < approach < 0.95
    assert {item.noun for item in drawn} == {item.noun for item in TOLD}
