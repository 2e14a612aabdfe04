"""What is solved and verified: chains of the lab, GSM8K, MATH-500, MultiArith.

Nothing else here or in `experiment` knows where a problem comes from.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from common import subjects
from common.datasets.splits import Split
from common.engines import Engine, Prompt, Sampling
from common.tasks import EVERY, PUBLIC, Question, Task, find
from lab import formats
from lab import tasks as lab
from lab.arithmetic import chain_of
from lab.tokenizer import readable
from replications.genrm_vs_sc import prompts

TASKS = {task.name: task for task in (lab.PROBLEMS, PUBLIC["gsm8k"], PUBLIC["math500"], PUBLIC["multiarith"])}
SAMPLING = Sampling(temperature=0.7, top_p=0.95)
"""As in the paper's released settings (second-hand)."""


STOP = ("\nProblem:",)
"""Ends a text about a problem in words: a model that goes on would put the next problem."""


@dataclass(frozen=True, kw_only=True)
class Verifiable(Task):
    """A task, and how a model is asked to solve its problems and to verify solutions."""

    draw: Callable[[Split, int, int], list[Question]]
    """(split, most, seed) -> up to so many problems of a split, the same for the same seed."""
    to_solve: Callable[[Engine, Question], Prompt]
    """What is asked for a solution."""
    to_verify: Callable[[Engine, Question, str], Prompt]
    """What is asked for a verification of a readable solution."""
    readable: Callable[[str], bool] = lambda text: True
    """Whether what the model wrote can be put into a prompt."""

    @property
    def sampling(self) -> Sampling:
        """Of solutions and of verifications."""
        return SAMPLING.model_copy(update={"max_tokens": self.max_tokens, "stop": self.stop})


def named(name: str, max_tokens: int = 0, model: str = "") -> Verifiable:
    """The task of that name, with its own limit of tokens, or the one that a model needs, or another.

    Raises:
        InputError: there is none; names the tasks there are.
    """
    task = find(name, TASKS)
    own = vars(task) | {"max_tokens": max_tokens or subjects.tokens_of(model, name, task.max_tokens)}
    if task is lab.PROBLEMS:
        return Verifiable(
            **own,
            draw=lab.long,
            to_solve=lambda engine, problem: problem.prompt,
            to_verify=lambda engine, problem, text: formats.verification(chain_of(problem.id), text).prompt,
            readable=readable,  # two tokens may join to a word outside the closed vocabulary
        )
    return Verifiable(
        **own | {"stop": STOP},
        draw=partial(_chosen, task),
        to_solve=lambda engine, problem: prompts.to_solve(engine, problem.text),
        to_verify=lambda engine, problem, text: prompts.to_verify(engine, problem.text, text),
    )


def _chosen(task: Task, split: Split, most: int, seed: int) -> list[Question]:
    """A random choice of a task's problems."""
    problems = task.load(split, EVERY)
    order = np.random.default_rng([seed, 11]).permutation(len(problems))
    return [problems[index] for index in order[:most]]
