"""What a model knows: thirty graded samples a question, and the likelihood of its greedy answer.

The share of right samples is the label that a P(IK) head learns; a question is known if more than half are right
(Kadavath et al. 2022, section 5 and Table 1). A sample that cannot be read back is left out and counted, and so is a
question without any readable one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common.arrays import Floats
from common.datasets.splits import Split
from common.engines import Engine, Sampling
from common.errors import InputError
from common.tasks import Question
from common.training import heads
from replications.p_true import tasks
from replications.p_true.p_ik.prompts import open_prompts
from replications.p_true.tasks import Sheet

DEV = tasks.POOL - tasks.RESERVED
"""Dev questions that a head learns from, at most: those that are no examples."""


@dataclass(frozen=True, slots=True)
class Known:
    """Questions of one task, and what one model knows of them; arrays of shape [questions]."""

    task: Sheet
    questions: tuple[Question, ...]
    shares: Floats
    """Share of readable samples that are right."""
    likelihood: Floats
    """Probability per token (geometric mean) of the greedy answer, its ending token among them."""
    unreadable: int
    """Samples left out."""
    left_out: int
    """Questions left out, since none of their samples is readable."""
    cut_off: float = 0.0
    """Share of the samples that ended at `max_tokens`."""

    @property
    def known(self) -> Floats:
        """1 where more than half of the samples are right, else 0."""
        return heads.hard(self.shares)

    @property
    def prompts(self) -> list[str]:
        """The open questions as the model reads them."""
        return open_prompts(self.task, self.questions)


def to_learn(name: str, count: int, seed: int, model: str = "") -> list[Sheet]:
    """Questions to train a head on: dev ones first, which like test ones are in no document, then taught ones.

    Raises:
        InputError: an unknown task, or what the loaders of its data raise.
    """
    parts: list[tuple[Split, int]] = [("dev", min(count, DEV)), ("taught", count - DEV)]
    return [tasks.load_task(name, split, some, seed, model) for split, some in parts if some > 0]


def ask(engine: Engine, sheets: Sequence[Sheet], seed: int, samples: int = tasks.SAMPLES) -> Known:
    """Sample answers to the questions of tasks of one kind, and read off what is known.

    Raises:
        InputError: no question is left or has a readable sample, or one is too long for the model.
    """
    task = sheets[0]
    questions = [question for part in sheets for question in part.questions]
    if not questions:
        raise InputError(f"no question of {task.name} is left beside its examples: give more, or -p learn above {DEV}")
    drawn = tasks.draw(engine, task, questions, seed, samples)
    right = np.array([[sample.right for sample in several] for several in drawn])
    readable = np.array([[sample.answer is not None for sample in several] for several in drawn])
    kept = np.asarray(readable.any(axis=1))
    if not kept.any():
        raise InputError(f"no sample to any question of {task.name} is readable: take a model that answers")
    shares = (right & readable)[kept].sum(axis=1) / readable[kept].sum(axis=1)
    chosen = tuple(question for question, keep in zip(questions, kept, strict=True) if keep)
    likelihood = _greedy(engine, task, chosen, seed)
    cut_off = np.mean([[sample.cut_off for sample in several] for several in drawn])
    return Known(task, chosen, shares, likelihood, int((~readable).sum()), int((~kept).sum()), float(cut_off))


def _greedy(engine: Engine, task: Sheet, questions: Sequence[Question], seed: int) -> Floats:
    sampling = Sampling(temperature=0.0, max_tokens=task.max_tokens, stop=task.stop, seed=seed)
    said = engine.sample(open_prompts(task, questions), sampling)
    return np.exp([np.mean(completions[0].logprobs) for completions in said])


def most_tokens(sheets: Sequence[Sheet], samples: int = tasks.SAMPLES) -> int:
    """Tokens that `ask` generates, at most."""
    return sum(len(task.questions) * (samples + 1) * task.max_tokens for task in sheets)
