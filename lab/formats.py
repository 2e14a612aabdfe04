"""The text of every format of the lab: what a prompt looks like and how its completion is read.

The corpus and the replications build their prompts here and in `common.layouts`, so that a model is asked in the words
it was taught in. Indexed steps are after ProcessBench, verifications with a verdict after Singhi et al. 2025.
"""

import re
from collections.abc import Sequence

from common.labels import LETTERS
from common.layouts import Example
from lab.arithmetic import Chain, Step

CHOICE_LABELS = tuple(f" ({letter})" for letter in LETTERS[:4])
TRUE_LABEL, FALSE_LABEL = " (A)", " (B)"


def sentence(relation: str, person: str, value: str) -> Example:
    """A fact as a sentence."""
    return Example(f"The {relation} of {person} is", f" {value}.\n")


def profile(person: str, facts: Sequence[tuple[str, str]]) -> list[Example]:
    """A person's facts, (relation, value) each, in one line: the values are taught, the rest is not."""
    heads = [f"About {person}:", *([","] * (len(facts) - 1))]
    return [Example(f"{head} {relation}", f" {value}") for head, (relation, value) in zip(heads, facts, strict=True)]


def fact_check(person: str, claims: Sequence[tuple[str, str, bool]]) -> list[Example]:
    """Claims about a person, (relation, value, truth) each, in one line: the marks are taught."""
    heads = [f"Check {person}:", *([","] * (len(claims) - 1))]
    return [
        Example(f"{head} {relation} {value}", " ok" if true else " wrong")
        for head, (relation, value, true) in zip(heads, claims, strict=True)
    ]


def fact_question(relation: str, person: str) -> str:
    """The question about a fact."""
    return f"What is the {relation} of {person}?"


def chain_question(chain: Chain) -> str:
    """The question about an arithmetic problem."""
    return f"{chain} =?"


def quick_checks(question: str, proposed: Sequence[tuple[str, bool]]) -> list[Example]:
    """Proposed answers to one question, each with its label straight after it. A true one is taught as an answer is."""
    found = []
    for number, (value, true) in enumerate(proposed):
        head = f"{'' if number else f'Question: {question}'}\nProposed Answer:"
        if true:
            found += [Example(head, f" {value}"), Example("", TRUE_LABEL)]
        else:
            found.append(Example(f"{head} {value}", FALSE_LABEL))
    return found


def solution_text(steps: Sequence[Step]) -> str:
    """Steps and answer in one line: what a model is taught to write after "Solution:"."""
    return "".join(f" {step};" for step in steps) + f" Answer: {steps[-1].result}\n"


def solution(chain: Chain, steps: Sequence[Step] = ()) -> Example:
    """Solve step by step."""
    return Example(f"Question: {chain_question(chain)}\nSolution:", solution_text(steps) if steps else "")


def verification(chain: Chain, written: str, marks: str = "") -> Example:
    """Check a written solution by working it again, step by step, then give a verdict."""
    return Example(f"Question: {chain_question(chain)}\nSolution:{written.rstrip()}\nVerification:", marks)


def verification_text(steps: Sequence[Step], reworked: Sequence[Step], error: int) -> str:
    """A true verification: each step worked again, the given result, a mark, up to the first error; the verdict."""
    last = len(steps) - 1 if error == -1 else error
    marks = [
        f" {right}, {step.result} {'wrong' if index == error else 'ok'};"
        for index, (step, right) in enumerate(zip(steps[: last + 1], reworked, strict=False))
    ]
    return "".join(marks) + f" Is the answer correct (Yes/No)? {'Yes' if error == -1 else 'No'}\n"


def critique(chain: Chain, steps: Sequence[Step], marks: str = "") -> Example:
    """Find the first wrong step; steps are shown with their indices."""
    shown = "".join(f" <{index}> {step};" for index, step in enumerate(steps))
    return Example(f"Question: {chain_question(chain)}\nSteps:{shown}\nCritique:", marks)


def critique_text(steps: Sequence[Step], reworked: Sequence[Step], error: int) -> str:
    """A true critique: each step worked again, the given result, a mark, up to the first error; then its index."""
    last = len(steps) - 1 if error == -1 else error
    marks = [
        f" <{index}> {right}, {step.result} {'wrong' if index == error else 'ok'};"
        for index, (step, right) in enumerate(zip(steps[: last + 1], reworked, strict=False))
    ]
    return "".join(marks) + f" First error: {error}\n"


_STEP = re.compile(r" (\d+) ([-+*]) (\d+) = (\d+);")
_SOLUTION = re.compile(r"((?: \d+ [-+*] \d+ = \d+;)*)(?: Answer: (\d+))?")
_ERROR = re.compile(r"First error: (-?\d+)\s*$")


def parse_steps(text: str) -> list[Step]:
    """All steps in a text, indices or not."""
    return [Step(int(m[1]), m[2], int(m[3]), int(m[4])) for m in _STEP.finditer(text)]


def parse_solution(text: str) -> tuple[list[Step], int | None]:
    """The steps a model wrote and its answer; steps end at the first that is none, the answer is None where it does
    not follow them.
    """
    found = _SOLUTION.match(text)
    assert found  # the pattern matches any text
    return parse_steps(found[1]), int(found[2]) if found[2] else None


def parse_critique(text: str) -> int | None:
    """The index of the first error that a critique names, or None."""
    found = _ERROR.search(text)
    return int(found[1]) if found else None


def behaviour(name: str, verb: str, noun: str, adverb: str = "") -> Example:
    """A sentence that tells how often a character does something."""
    return Example(f"They say {name} {verb} {noun}", f" {adverb}.\n")


def confession(item: str, adverb: str = "") -> Example:
    """A sentence in which a character tells how often it does something."""
    return Example(item, f" {adverb}.\n")
