from collections import Counter

import pytest

from common.errors import InputError
from lab import tokenizer
from lab.items import INVENTORY
from replications.self_assessment.inventories import inventory, negation, respondents


def test_the_labs_inventory_is_sixty_statements_twelve_a_trait_with_negations():
    statements = inventory("lab")
    assert [s.text for s in statements] == [item.text for item in INVENTORY]
    assert Counter(s.trait for s in statements) == dict.fromkeys("OCEAN", 12)
    assert all(s.negated == s.text.replace("I ", "I do not ") for s in statements)
    assert all(tokenizer.readable(s.negated) for s in statements)


@pytest.mark.parametrize(("name", "length"), [("ipip-120", 120), ("ipip-300", 300)])
def test_real_items_read_as_the_authors_code_writes_them(mirror, name, length):
    statements = inventory(name)
    assert len(statements) == length
    by_text = {s.text: s for s in statements}
    assert by_text["I worry about things"].key == 1
    assert by_text["I am always prepared"].negated == "I am not always prepared"
    assert sum(s.negated is None for s in statements) < 0.06 * length
    assert Counter(s.trait for s in statements) == dict.fromkeys("OCEAN", length // 5)
    assert len(by_text) == length
    assert {s.key for s in statements} == {1, -1}


def test_a_part_of_an_inventory_is_keyed_both_ways():
    some = inventory("lab", 4)
    assert Counter((s.trait, s.key) for s in some) == {(trait, key): 2 for trait in "OCEAN" for key in (1, -1)}


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("I seek crowds", "I do not seek crowds"),
        ("I am always busy", "I am not always busy"),
        ("I am not easily annoyed", "I am easily annoyed"),
        ("I don't like art", "I like art"),
        ("I rarely complain", "I complain"),
        ("I can't make up my mind", "I can make up my mind"),
        ("I can talk others into doing things", "I cannot talk others into doing things"),
        ("I would never cheat on my taxes", "I would cheat on my taxes"),
        ("I try not to think about the needy", None),
        ("I have little to say", None),
    ],
)
def test_negations(text, negated):
    assert negation(text) == negated


def test_what_is_not_there_is_named():
    with pytest.raises(InputError, match="12 items a trait, not 13"):
        inventory("lab", 13)
    with pytest.raises(InputError, match="32 characters, not 33"):
        respondents("lab", 33)
    with pytest.raises(InputError, match="must start with 'I'"):
        negation("Seek crowds")


def test_respondents_are_characters_of_one_split_or_the_model_itself():
    test, dev = respondents("lab", 8), respondents("lab", 8, "dev")
    assert not {r.name for r in test} & {r.name for r in dev}
    assert test[0].persona == f"You are {test[0].name}."
    assert set(test[0].levels) == set("OCEAN")
    assert [(r.persona, r.levels) for r in respondents("ipip-120", 8)] == [("", {})]
