"""Layouts of questions that papers share with each other and with the lab: open, lettered, with a proposed answer.

A prompt ends where the model takes over; a completion starts with the space or letter that follows it and ends with a
newline. Lettered choices, proposed answers and brainstormed ideas are after Kadavath et al. 2022 (sections 2 to 4),
background and hints after its section 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from common.labels import BRACKETS, LETTERS, Lettering

NONE_OF_THE_ABOVE = "none of the above"


@dataclass(frozen=True, slots=True)
class Example:
    """A prompt and the completion that is taught after it."""

    prompt: str
    completion: str


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
