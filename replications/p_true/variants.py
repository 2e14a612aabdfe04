"""The same questions asked with something beside them: an article, a hint. What P(IK) says then, and the answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from common.arrays import Floats
from common.engines import Engine, Sampling
from common.tasks import Question
from common.training import heads
from common.training.heads import Head
from replications.p_true.knowing import open_prompts
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


def p_ik(engine: Engine, head: Head, variants: Variants) -> dict[Version, Floats]:
    """P(IK) of every version, shape [questions] each, NaN where there is no such version.

    Raises:
        InputError: a version that is longer than the model's context, or that it cannot read.
    """
    found = {}
    for version, questions in variants.versions.items():
        there = [question for question in questions if question]
        said = heads.read(head, open_prompts(engine, variants.task, there))
        found[version] = _spread(questions, said)
    return found


def answered(engine: Engine, variants: Variants, seed: int) -> dict[Version, Floats]:
    """Whether the greedy answer to every version is right (1, 0), NaN where there is no such version.

    Raises:
        InputError: as in `p_ik`.
    """
    task, found = variants.task, {}
    sampling = Sampling(temperature=0.0, max_tokens=task.max_tokens, stop=task.stop, seed=seed)
    for version, questions in variants.versions.items():
        there = [question for question in questions if question]
        said = engine.sample(open_prompts(engine, task, there), sampling)
        right = [task.grade(question, drawn[0].text) for question, drawn in zip(there, said, strict=True)]
        found[version] = _spread(questions, right)
    return found


def _spread(questions: Sequence[Question | None], values: Sequence[float] | Floats) -> Floats:
    spread = np.full(len(questions), np.nan)
    spread[[question is not None for question in questions]] = values
    return spread
