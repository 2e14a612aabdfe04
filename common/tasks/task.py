"""A question with its answer, and a task: questions of one kind, how they are read and graded, and limits."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from common.datasets.splits import Split

EVERY = sys.maxsize
"""As many questions as a public set has."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its answer."""

    id: str
    text: str
    """The question itself, for layouts that frame it in their own way."""
    prompt: str
    """The open question up to where the answer begins."""
    answer: str
    shown: str
    """What an example shows after the prompt: the answer, with its solution where there is one."""
    aliases: tuple[str, ...] = ()
    """Other answers that count as right."""
    values: tuple[str, ...] = ()
    """What the answer could have been, the answer among them; empty where anything could."""
    level: str = "all"
    """How difficult it is: one of `Task.levels`."""
    hard: bool = False
    """Whether it is of the harder kind; `Task.hardness` says what that is."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """Questions of one kind, and how an answer to them is read and graded."""

    name: str
    load: Callable[[Split, int], list[Question]]
    """(split, most) -> up to so many questions of a split, always the same ones first; raises what its loader does."""
    read: Callable[[str], str | None]
    """A text that a model wrote -> the answer that it states, None if it states none."""
    same: Callable[[str, str], bool]
    """Whether two answers are the same."""
    max_tokens: int
    stop: tuple[str, ...]
    """What ends a completion of `Question.prompt`."""
    levels: tuple[str, ...] = ("all",)
    """Levels of difficulty, in order."""
    hardness: str = ""
    """What makes a question hard, in words; empty where none is."""

    def right(self, question: Question, answer: str | None) -> bool:
        """Whether an answer (as `read` gives it) is right."""
        return answer is not None and any(self.same(answer, one) for one in (question.answer, *question.aliases))


NEXT = ("\nQuestion:",)
"""Ends a worked solution: a model that goes on would put the next question."""
