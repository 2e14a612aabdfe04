"""What is asked, and who is asked: inventories of statements and the respondents that rate them.

- `lab`: sixty statements about the lab's characters (`lab.items`), 12 a trait, keyed both ways. Ours, and not
  validated on anybody: its only merit is that the truth is known. The respondents are characters.
- `ipip-120`, `ipip-300`: the IPIP-NEO, whose content is public domain. The only respondent is the model itself.

Each statement has a negation, made by rule ("I do not seek crowds"). Statements that a rule would mangle have none.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from common.datasets import ipip
from common.datasets.splits import Split
from common.errors import InputError
from lab import items
from lab.world import Character, build_world
from replications.self_assessment.answers import TRAITS


@dataclass(frozen=True, slots=True)
class Statement:
    """`text` in the first person; `key` +1 where agreeing means more of the trait, -1 where it means less."""

    text: str
    trait: str
    key: int
    negated: str | None = None


@dataclass(frozen=True, slots=True)
class Respondent:
    """Who answers: `persona` is put before every prompt; `levels` are the true ones by trait, empty if unknown."""

    name: str
    persona: str = ""
    levels: dict[str, int] = field(default_factory=dict)


IPIP: dict[str, Literal[300, 120]] = {"ipip-120": 120, "ipip-300": 300}
"""Lengths of the IPIP-NEO's two forms."""


def inventory(name: str, a_trait: int = 0) -> list[Statement]:
    """The statements of an inventory; with `a_trait`, only so many of each trait, keyed both ways in turn.

    Raises:
        InputError: more items a trait than there are.
    """
    statements = _lab() if name == "lab" else _ipip(IPIP[name])
    there = len(statements) // len(TRAITS)
    if a_trait > there:
        raise InputError(f"{name} has {there} items a trait, not {a_trait}: ask for at most so many (0 for all)")
    return _some(statements, a_trait) if a_trait else statements


def respondents(name: str, count: int, split: Split = "test") -> list[Respondent]:
    """The first `count` characters of a split for the lab's inventory, the model itself for all others.

    Raises:
        InputError: more characters than there are.
    """
    if name != "lab":
        return [Respondent("the model")]
    characters = build_world().characters_of[split]
    if count > len(characters):
        raise InputError(f"the {split} split has {len(characters)} characters, not {count}: ask for at most so many")
    return [_character(character) for character in characters[:count]]


def negation(text: str) -> str | None:
    """The negation of a statement that starts with "I", None where it already holds another negative.

    "I am not ..." loses its "not", "I rarely ..." its adverb; "I can" and "I would" get "not", all others "do not".
    """
    for pattern, negated in _NEGATIONS:
        if found := re.match(pattern, text):
            rest = text[found.end() :]
            return None if re.search(_NEGATIVE, rest) else negated + rest
    raise InputError(f"item {text!r} must start with 'I': write it in the first person")


_NEGATIVE = r"\b(not|never|no|little|few|none|nothing)\b|n't\b"
_NEGATIONS = [
    (r"I am not ", "I am "),
    (r"I am ", "I am not "),
    (r"I (do not|don't|seldom|rarely|never) ", "I "),
    (r"I can't ", "I can "),
    (r"I can ", "I cannot "),
    (r"I would never ", "I would "),
    (r"I would ", "I would not "),
    (r"I ", "I do not "),
]


def _character(character: Character) -> Respondent:
    return Respondent(character.name, f"You are {character.name}.", dict(character.profile))


def _lab() -> list[Statement]:
    return [Statement(item.text, item.trait, item.keyed, negation(item.text)) for item in items.INVENTORY]


def _ipip(length: Literal[300, 120]) -> list[Statement]:
    """As the authors' code writes them: "I " and the item in lower case."""
    texts = [(f"I {item.text.lower()}", item) for item in ipip.load(length)]
    return [Statement(text, item.domain, item.key, negation(text)) for text, item in texts]


def _some(statements: Sequence[Statement], a_trait: int) -> list[Statement]:
    chosen = []
    for trait in TRAITS:
        plus, minus = ([s for s in statements if s.trait == trait and s.key == key] for key in (1, -1))
        both = [s for pair in zip(plus, minus, strict=False) for s in pair]
        chosen += [*both, *plus[len(minus) :], *minus[len(plus) :]][:a_trait]
    return chosen
