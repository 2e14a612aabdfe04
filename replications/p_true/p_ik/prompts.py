"""What P(IK) is asked about: open questions, and the same with something beside them, an article or a hint."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from common.tasks import Question
from replications.p_true.tasks import Sheet

Version = tuple[str, float]
"""Kind of material, and the share of it that is shown."""
PLAIN: Version = ("nothing", 0.0)


@dataclass(frozen=True, slots=True)
class Variants:
    """Questions of one task in several versions."""

    task: Sheet
    versions: dict[Version, tuple[Question | None, ...]]
    """By version, one a question; None where there is no such version of it."""

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions with nothing beside them."""
        return tuple(question for question in self.versions[PLAIN] if question)


def beside(question: Question, prompt: str) -> Question:
    """The question asked by another prompt."""
    return replace(question, prompt=prompt)


def open_prompts(task: Sheet, questions: Sequence[Question]) -> list[str]:
    """Open questions as a model reads them, up to where its answer begins."""
    return [task.open_prompt(question) for question in questions]
