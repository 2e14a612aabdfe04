"""The lab's own tasks: facts about invented persons, problems answered at once, and problems solved step by step.

They have the shape of the public ones (`common.tasks`), which know nothing of them.
"""

from operator import eq

import numpy as np

from common import layouts
from common.datasets.splits import Split
from common.tasks import Question, Task
from lab import arithmetic, corpus, exam, formats
from lab.arithmetic import Chain
from lab.corpus import Quiz
from lab.tokenizer import readable
from lab.world import EXPOSURES, Fact, build_world

TOLD = tuple(map(str, EXPOSURES))
"""Levels of facts: how often they were told."""
STEPS = ("1 step", "1 step, rare", "2 steps", "2 steps, rare")
"""Levels of problems that are answered at once."""
LENGTHS = range(2, arithmetic.MAX_STEPS + 1)
"""Steps of problems that are solved step by step."""


def facts(split: Split, most: int) -> list[Question]:
    """Facts of a split in a fixed random order; see `Task.load`."""
    every = build_world().facts_of[split]
    return [_fact(every[i]) for i in np.random.default_rng(0).permutation(len(every))[:most]]


def short(split: Split, most: int) -> list[Question]:
    """One- and two-step problems in turn, as many of either as there are; see `Task.load`."""
    halves = [exam.chains(split, steps, (most + 1) // 2) for steps in (1, 2)]
    longest = max(map(len, halves))
    return [at_once(half[i]) for i in range(longest) for half in halves if i < len(half)][:most]


def long(split: Split, most: int, seed: int = 0) -> list[Question]:
    """Problems of two to six steps in turn, equally many of each, drawn by a seed; see `Task.load`."""
    by_length = [exam.chains(split, steps, -(-most // len(LENGTHS)), seed) for steps in LENGTHS]
    return [_worked(chain) for several in zip(*by_length, strict=False) for chain in several][:most]


def at_once(chain: Chain) -> Question:
    """A problem to answer without steps, of any length."""
    level = f"{len(chain.operations)} step{'s' * (len(chain.operations) > 1)}{', rare' * (chain.rare_steps > 0)}"
    return _question(str(chain), corpus.chain_quiz(chain), level)


def _fact(fact: Fact) -> Question:
    return _question(f"{fact.relation}/{fact.person}", corpus.fact_quiz(fact), str(fact.exposures))


def _question(name: str, asked: Quiz, level: str) -> Question:
    return Question(
        id=name,
        text=asked.question,
        prompt=layouts.open_question(asked.question).prompt,
        answer=asked.answer,
        shown=asked.answer,
        values=asked.values,
        level=level,
    )


def _worked(chain: Chain) -> Question:
    answer = str(arithmetic.answer(chain))
    return Question(
        id=str(chain),
        text=formats.chain_question(chain),
        prompt=formats.solution(chain).prompt,
        answer=answer,
        shown=formats.solution_text(arithmetic.solve(chain)).strip(),
        hard=chain.rare_steps >= 2,
    )


def _word(text: str) -> str | None:
    """The text as it stands; None if blank or not in the vocabulary. Every layout puts a space before an answer."""
    return text.strip() if text.strip() and readable(f" {text.strip()}") else None


def _result(text: str) -> str | None:
    found = formats.parse_solution(text)[1]
    return None if found is None else str(found)


FACTS = Task(name="facts", load=facts, read=_word, same=eq, max_tokens=4, stop=("\n",), levels=TOLD)
ARITHMETIC = Task(name="arithmetic", load=short, read=_word, same=eq, max_tokens=4, stop=("\n",), levels=STEPS)
PROBLEMS = Task(
    name="lab", load=long, read=_result, same=eq, max_tokens=64, stop=("\n",), hardness="two or more rare operands"
)
