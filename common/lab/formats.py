"""The text of every format of the lab: what a prompt looks like and how its completion is read.

The corpus and the replications build their prompts here, so that a model is asked in the words it was taught in. A
prompt ends where the model takes over; a completion starts with the space or letter that follows it and ends with a
newline. Layouts follow the papers: lettered choices, proposed answers and brainstormed ideas after Kadavath et al.
2022 (sections 2 to 4), indexed steps after ProcessBench, verifications with a verdict after Singhi et al. 2025
(appendix), statements to rate after the templates that Gupta et al. 2023 use.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from common.lab.arithmetic import Chain, Step
from common.labels import BRACKETS, LETTERS, Lettering

CHOICE_LABELS = tuple(f" ({letter})" for letter in LETTERS[:4])
TRUE_LABEL, FALSE_LABEL = " (A)", " (B)"
NONE_OF_THE_ABOVE = "none of the above"


@dataclass(frozen=True, slots=True)
class Example:
    """A prompt and the completion that is taught after it."""

    prompt: str
    completion: str


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


def open_question(question: str, answer: str = "") -> Example:
    """Question and short answer."""
    return Example(f"Question: {question}\nAnswer:", f" {answer}\n")


def with_background(article: str, question: str, answer: str = "") -> Example:
    """A question after an article that may or may not hold the answer (Kadavath et al., section 5.3)."""
    return Example(
        f"Here is some background information material: {article}\nNow, answer the following question.\n"
        f"Question: {question}\nAnswer:",
        f" {answer}\n",
    )


def with_hint(question: str, hint: str, answer: str = "") -> Example:
    """A question with a hint, such as the first steps of a solution (Kadavath et al., section 5.4)."""
    return Example(f"Question: {question}\nHere is a hint: {hint}\nAnswer:", f" {answer}\n")


def choices(question: str, options: Sequence[str], label: str = "", *, lettering: Lettering = BRACKETS) -> Example:
    """Lettered multiple choice; the label is " (A)" and so on, or as the lettering has it."""
    lines = "\n".join(lettering.option(letter, option) for letter, option in zip(LETTERS, options, strict=False))
    return Example(f"Question: {question}\nChoices:\n{lines}\nAnswer:", f"{label}\n")


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


def true_or_false(
    question: str,
    proposed: str,
    label: str = "",
    *,
    options: Sequence[str] = ("True", "False"),
    lettering: Lettering = BRACKETS,
) -> Example:
    """Is the proposed answer true? `options` swaps the two, a control."""
    return Example(
        f"Question: {question}\nProposed Answer: {proposed}\nIs the proposed answer:\n"
        f"{_two(options, lettering)}\nThe proposed answer is:",
        f"{label}\n",
    )


def true_or_false_with_ideas(
    question: str,
    ideas: Sequence[str],
    judged: str,
    label: str = "",
    *,
    options: Sequence[str] = ("True", "False"),
    lettering: Lettering = BRACKETS,
) -> Example:
    """Is the possible answer true, given brainstormed ideas with their repetitions?"""
    lines = "\n ".join(ideas)
    return Example(
        f"Question: {question}\nHere are some brainstormed ideas: {lines}\nPossible Answer: {judged}\n"
        f"Is the possible answer:\n{_two(options, lettering)}\nThe possible answer is:",
        f"{label}\n",
    )


def _two(options: Sequence[str], lettering: Lettering) -> str:
    return "\n".join(lettering.option(letter, option) for letter, option in zip("AB", options, strict=True))


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
