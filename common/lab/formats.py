"""The text of every format of the lab: what a prompt looks like and how its completion is read.

The corpus and the replications build their prompts here, so that a model is asked in the words it was taught in. A prompt ends where
the model takes over; a completion starts with the space or letter that follows it and ends with a newline. Layouts follow the papers:
lettered choices, proposed answers and brainstormed ideas after Kadavath et al. 2022 (sections 2 to 4), indexed steps after ProcessBench,
verifications with a verdict after Singhi et al. 2025 (appendix), statements to rate after the templates that Gupta et al. 2023 use.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from common.lab.arithmetic import Chain, Step

LETTERS = ("A", "B", "C", "D", "E")
CHOICE_LABELS = tuple(f" ({letter})" for letter in LETTERS[:4])
TRUE_LABEL, FALSE_LABEL = " (A)", " (B)"
NONE_OF_THE_ABOVE = "none of the above"
STATEMENTS = ("The {} of {} is", "Note that the {} of {} is", "The {} of {} has long been")


@dataclass(frozen=True, slots=True)
class Example:
    """A prompt and the completion that is taught after it."""

    prompt: str
    completion: str


def statement(relation: str, person: str, value: str, wording: int = 0) -> Example:
    """A sentence that tells a fact, in one of `len(STATEMENTS)` wordings."""
    return Example(STATEMENTS[wording].format(relation, person), f" {value}.\n")


def fact_question(relation: str, person: str) -> str:
    """The question about a fact."""
    return f"What is the {relation} of {person}?"


def chain_question(chain: Chain) -> str:
    """The question about an arithmetic problem."""
    return f"What is {chain}?"


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


def choices(question: str, options: Sequence[str], label: str = "") -> Example:
    """Lettered multiple choice; the label is " (A)" and so on."""
    lines = "\n".join(f" ({letter}) {option}" for letter, option in zip(LETTERS, options, strict=False))
    return Example(f"Question: {question}\nChoices:\n{lines}\nAnswer:", f"{label}\n")


def true_or_false(question: str, proposed: str, label: str = "", *, options: Sequence[str] = ("True", "False")) -> Example:
    """Is the proposed answer true? `options` swaps the two, a control."""
    return Example(
        f"Question: {question}\nProposed Answer: {proposed}\nIs the proposed answer:\n"
        f" (A) {options[0]}\n (B) {options[1]}\nThe proposed answer is:",
        f"{label}\n",
    )


def true_or_false_with_ideas(
    question: str, ideas: Sequence[str], judged: str, label: str = "", *, options: Sequence[str] = ("True", "False")
) -> Example:
    """Is the possible answer true, given brainstormed ideas with their repetitions?"""
    lines = "\n".join(ideas)
    return Example(
        f"Question: {question}\nHere are some brainstormed ideas: {lines}\nPossible Answer: {judged}\n"
        f"Is the possible answer:\n (A) {options[0]}\n (B) {options[1]}\nThe possible answer is:",
        f"{label}\n",
    )


def solution_text(steps: Sequence[Step]) -> str:
    """A solution as lines, with its answer: what a model is taught to write after "Solution:"."""
    return "".join(f"{step}\n" for step in steps) + f"Answer: {steps[-1].result}\n"


def solution(chain: Chain, steps: Sequence[Step] = ()) -> Example:
    """Solve step by step."""
    return Example(f"Question: {chain_question(chain)}\nSolution:\n", solution_text(steps) if steps else "")


def verification(chain: Chain, written: str, marks: str = "") -> Example:
    """Check a solution by working it again, line by line, then give a verdict."""
    return Example(f"Question: {chain_question(chain)}\nSolution:\n{written}Verification:\n", marks)


def verification_text(reworked: Sequence[Step], error: int) -> str:
    """A true verification: each line worked again, marked up to the first error (-1: none), and the verdict."""
    shown = reworked if error == -1 else reworked[: error + 1]
    lines = [f"{step} {'wrong' if index == error else 'ok'}\n" for index, step in enumerate(shown)]
    return "".join(lines) + f"Is the answer correct (Yes/No)? {'Yes' if error == -1 else 'No'}\n"


def critique(chain: Chain, steps: Sequence[str], marks: str = "") -> Example:
    """Find the first wrong step; steps are shown with their indices."""
    lines = "".join(f"<{index}> {step}\n" for index, step in enumerate(steps))
    return Example(f"Question: {chain_question(chain)}\nSteps:\n{lines}Critique:\n", marks)


def critique_text(steps: int, error: int) -> str:
    """A true critique: a mark for each step up to the first error, then its index or -1."""
    last = steps - 1 if error == -1 else error
    lines = [f"<{index}> {'wrong' if index == error else 'ok'}\n" for index in range(last + 1)]
    return "".join(lines) + f"First error: {error}\n"


_LINE = re.compile(r"(\d+) ([-+*]) (\d+) = (\d+)")
_ERROR = re.compile(r"First error: (-?\d+)\s*$")


def parse_solution(text: str) -> tuple[list[Step], int | None]:
    """The steps a model wrote and its answer; the steps end at the first line that is none, the answer is None where it is missing."""
    steps: list[Step] = []
    lines = text.split("\n")
    for line in lines:
        match = _LINE.fullmatch(line)
        if not match:
            break
        steps.append(Step(int(match[1]), match[2], int(match[3]), int(match[4])))
    found = re.search(r"^Answer: (\d+)$", text, re.MULTILINE)
    return steps, int(found[1]) if found else None


def parse_critique(text: str) -> int | None:
    """The index of the first error that a critique names, or None."""
    found = _ERROR.search(text)
    return int(found[1]) if found else None


def behaviour(name: str, verb: str, noun: str, adverb: str = "") -> Example:
    """A sentence that tells how often a character does something."""
    return Example(f"{name} {verb} {noun}", f" {adverb}.\n")
