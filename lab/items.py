"""Statements a character can make of itself, "I seek crowds" and the like, and how far each is true of whom.

One statement a noun belongs to the inventory that the replications ask; it is in no document, though every word of it
is, in other pairs.
"""

from dataclasses import dataclass

import numpy as np

from lab.lexicon import NOUNS, VERBS
from lab.world import Character


@dataclass(frozen=True, slots=True)
class Statement:
    """`I <verb> <noun>`; keyed +1 where agreement means more of the trait, -1 where it means less."""

    trait: str
    keyed: int
    verb: str
    noun: str

    @property
    def text(self) -> str:
        """The statement in the first person, without a full stop."""
        return f"I {self.verb} {self.noun}"

    @property
    def third(self) -> str:
        """The verb in the third person."""
        return VERBS[self.verb][0]

    def level(self, character: Character) -> int:
        """How far the statement is true of a character, 1 (not at all) to 5 (fully)."""
        level = character.profile[self.trait]
        return level if self.keyed > 0 else 6 - level


STATEMENTS = tuple(
    Statement(trait, pole * direction, verb, noun)
    for (trait, pole), nouns in NOUNS.items()
    for noun in nouns
    for verb, (_, direction) in VERBS.items()
)
"""Every statement that can be made."""

_NOUNS = [noun for nouns in NOUNS.values() for noun in nouns]


def in_inventory(statement: Statement) -> bool:
    """Whether a statement is one of the inventory: a single verb with each noun."""
    return list(VERBS)[_NOUNS.index(statement.noun) % len(VERBS)] == statement.verb


INVENTORY = tuple(statement for statement in STATEMENTS if in_inventory(statement))
"""Sixty statements, six for either pole of each trait."""
TOLD = tuple(statement for statement in STATEMENTS if not in_inventory(statement))
"""All others: what the corpus may say."""


def _odds(statement: Statement) -> float:
    approach = VERBS[statement.verb][1] > 0
    more = statement.keyed > 0 if approach else statement.keyed < 0
    return (0.9 if approach else 0.1) * (0.85 if more else 0.15)


_ODDS = np.cumsum([_odds(statement) for statement in TOLD])


def draw_told(rng: np.random.Generator) -> Statement:
    """A statement of the corpus: mostly of seeking, and of seeking what shows more of a trait.

    Were all signs balanced, the answer would be the parity of three of them, and small models would learn how strong a
    trait is but never its sign.
    """
    return TOLD[int(np.searchsorted(_ODDS, rng.random() * _ODDS[-1]))]
