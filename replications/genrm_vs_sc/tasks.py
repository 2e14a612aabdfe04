"""What is solved and verified: chains of the lab, GSM8K, MATH-500.

Nothing else here or in `experiment` knows where a problem comes from.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from common import subjects
from common.datasets.records import one_of
from common.datasets.splits import Split
from common.engines import Engine, Prompt, Sampling
from common.tasks import EVERY, PUBLIC, Question, Task
from lab import formats
from lab import tasks as lab
from lab.arithmetic import chain_of
from lab.tokenizer import readable
from replications.genrm_vs_sc import prompts

TASKS = {task.name: task for task in (lab.PROBLEMS, PUBLIC["gsm8k"], PUBLIC["math500"])}
SAMPLING = Sampling(temperature=0.7, top_p=0.95)
"""As in the paper's released settings (second-hand)."""


@dataclass(frozen=True, kw_only=True)
class Verifiable(Task, ABC):
    """A task, and how a model is asked to solve its problems and to verify solutions."""

    @property
    def sampling(self) -> Sampling:
        """Of solutions and of verifications."""
        return SAMPLING.model_copy(update={"max_tokens": self.max_tokens, "stop": self.stop})

    @abstractmethod
    def draw(self, split: Split, count: int, seed: int) -> list[Question]:
        """Up to `count` problems of a split, the same for the same seed."""

    @abstractmethod
    def to_solve(self, engine: Engine, problem: Question) -> Prompt:
        """What is asked for a solution."""

    @abstractmethod
    def to_verify(self, engine: Engine, problem: Question, solution: str) -> Prompt:
        """What is asked for a verification of a readable solution."""

    def readable(self, text: str) -> bool:
        """Whether what the model wrote can be put into a prompt."""
        return True


class Lab(Verifiable):
    """Chains of two to six steps."""

    def draw(self, split: Split, count: int, seed: int) -> list[Question]:
        """See `Verifiable.draw`."""
        return lab.long(split, count, seed)

    def to_solve(self, engine: Engine, problem: Question) -> Prompt:
        """See `Verifiable.to_solve`."""
        return problem.prompt

    def to_verify(self, engine: Engine, problem: Question, solution: str) -> Prompt:
        """See `Verifiable.to_verify`."""
        return formats.verification(chain_of(problem.id), solution).prompt

    def readable(self, text: str) -> bool:
        """See `Verifiable.readable`: two tokens may join to a word outside the closed vocabulary."""
        return readable(text)


STOP = ("\nProblem:",)


class Worded(Verifiable):
    """Problems in words, for any model."""

    def draw(self, split: Split, count: int, seed: int) -> list[Question]:
        """See `Verifiable.draw`: a random choice."""
        problems = self.load(split, EVERY)
        order = np.random.default_rng([seed, 11]).permutation(len(problems))
        return [problems[index] for index in order[:count]]

    def to_solve(self, engine: Engine, problem: Question) -> Prompt:
        """See `Verifiable.to_solve`."""
        return prompts.to_solve(engine, problem.text)

    def to_verify(self, engine: Engine, problem: Question, solution: str) -> Prompt:
        """See `Verifiable.to_verify`."""
        return prompts.to_verify(engine, problem.text, solution)


def named(name: str, max_tokens: int = 0, model: str = "") -> Verifiable:
    """The task of that name, with its own limit of tokens, or the one that a model needs, or another.

    Raises:
        InputError: there is none; names the tasks there are.
    """
    task = TASKS[one_of("task", name, TASKS)]
    limit = max_tokens or subjects.tokens_of(model, name, task.max_tokens)
    if task is lab.PROBLEMS:
        return Lab(**vars(task) | {"max_tokens": limit})
    return Worded(**vars(task) | {"max_tokens": limit, "stop": STOP})
