"""The lab's world: persons with facts, characters with trait profiles, and who may be used for what.

Everything is drawn from one seed. Persons and characters are split once: `taught` ones appear in every format; `dev`
and `test` ones are only told about (facts in passages, behaviours in stories), never asked about. So an evaluated
question is in no document. How often a person's facts are told is a fixed number per person, from never to hundreds
of times, the same in each split.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import blake2b
from itertools import groupby
from typing import get_args

import numpy as np

from common.datasets.splits import Split
from lab.arithmetic import Chain
from lab.lexicon import CHARACTER_NAMES, PERSON_NAMES, RELATIONS, TRAITS

EXPOSURES = (0, 1, 4, 16, 64, 256)
"""Times that each fact of a person is told in the corpus, one of these per person."""


@dataclass(frozen=True, slots=True)
class Fact:
    """`the <relation> of <person> is <value>`."""

    person: str
    relation: str
    value: str
    exposures: int
    split: Split


@dataclass(frozen=True, slots=True)
class Character:
    """A character whose level (1 to 5) on each of the five traits is known."""

    name: str
    profile: dict[str, int]
    split: Split


@dataclass(frozen=True)
class World:
    """All there is to know."""

    facts: tuple[Fact, ...]
    characters: tuple[Character, ...]

    @cached_property
    def facts_of(self) -> dict[Split, tuple[Fact, ...]]:
        """The facts about the persons of each split."""
        return {split: tuple(fact for fact in self.facts if fact.split == split) for split in get_args(Split)}

    @cached_property
    def facts_about(self) -> dict[str, tuple[Fact, ...]]:
        """The facts about each person."""
        return {person: tuple(facts) for person, facts in groupby(self.facts, lambda fact: fact.person)}

    @cached_property
    def asked(self) -> np.ndarray:
        """Cumulative chance that a question is about each taught fact: what is told often is asked often, so that among
        taught persons, too, some stay unknown."""
        weights = np.array([fact.exposures + 3.0 for fact in self.facts_of["taught"]])
        return np.asarray(np.cumsum(weights) / weights.sum())

    @cached_property
    def characters_of(self) -> dict[Split, tuple[Character, ...]]:
        """The characters of each split."""
        return {split: tuple(c for c in self.characters if c.split == split) for split in get_args(Split)}


@cache
def build_world(seed: int = 0) -> World:
    """The world of a seed; the published lab lives in world 0."""
    rng = np.random.default_rng([seed, 1])
    persons = [PERSON_NAMES[i] for i in rng.permutation(len(PERSON_NAMES))]
    facts = []
    for index, person in enumerate(persons):
        split = _split(index, len(persons))
        exposures = EXPOSURES[index % len(EXPOSURES)]
        for relation, values in RELATIONS.items():
            facts.append(Fact(person, relation, str(rng.choice(values)), exposures, split))
    names = [CHARACTER_NAMES[i] for i in rng.permutation(len(CHARACTER_NAMES))]
    characters = tuple(
        Character(name, {trait: int(rng.integers(1, 6)) for trait in TRAITS}, _split(index, len(names)))
        for index, name in enumerate(names)
    )
    return World(tuple(facts), characters)


def _split(index: int, total: int) -> Split:
    """Half taught, a sixth dev, a third test."""
    return "taught" if index < total // 2 else "dev" if index < total // 2 + total // 6 else "test"


def split_of(chain: Chain) -> Split:
    """The split of an arithmetic problem, by a hash of its text: six tenths taught, one dev, three test."""
    bucket = int.from_bytes(blake2b(str(chain).encode(), digest_size=4).digest(), "big") % 10
    return "taught" if bucket < 6 else "dev" if bucket < 7 else "test"
