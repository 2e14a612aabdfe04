"""What is solved and verified: chains of the lab, GSM8K, MATH-500; and the prompts.

Nothing else here or in `live` knows where a problem comes from. Lab models are asked in the words they were taught, as
plain strings. Any other model is asked in one message if it has a chat template, or else by a plain text with two
worked examples (ours). All verifications end in the same question and verdict.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common import asking, subjects
from common.datasets.splits import Split
from common.engines import Engine, Prompt, Sampling
from common.tasks import EVERY, PUBLIC, Question, Task, find
from lab import formats
from lab import tasks as lab
from lab.arithmetic import chain_of
from lab.exam import VERDICT
from lab.tokenizer import readable

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
    def to_solve(self, engine: Engine, item: Question) -> Prompt:
        """What is asked for a solution."""

    @abstractmethod
    def to_verify(self, engine: Engine, item: Question, solution: str) -> Prompt:
        """What is asked for a verification of a readable solution."""

    def readable(self, text: str) -> bool:
        """Whether what the model wrote can be put into a prompt."""
        return True


class Lab(Verifiable):
    """Chains of two to six steps."""

    def draw(self, split: Split, count: int, seed: int) -> list[Question]:
        """See `Verifiable.draw`."""
        return lab.long(split, count, seed)

    def to_solve(self, engine: Engine, item: Question) -> Prompt:
        """See `Verifiable.to_solve`."""
        return item.prompt

    def to_verify(self, engine: Engine, item: Question, solution: str) -> Prompt:
        """See `Verifiable.to_verify`."""
        return formats.verification(chain_of(item.id), solution).prompt

    def readable(self, text: str) -> bool:
        """See `Verifiable.readable`: two tokens may join to a word outside the closed vocabulary."""
        return readable(text)


SOLVE = "Solve the problem step by step. End with a line of the form: The final answer is X."
VERIFY = (
    "Check the proposed solution of the problem step by step. End with a line of the form: "
    f"Verification: {VERDICT} X, where X is Yes or No."
)
SHOTS = (
    (
        "A shelf holds 4 boxes with 6 jars each. 5 jars are empty. How many are full?",
        "There are 4 * 6 = 24 jars. Of these 24 - 5 = 19 are full.\nThe final answer is 19.",
        "4 boxes with 6 jars each are 24 jars, as written. Without the 5 empty ones 19 are left, as written.",
        "Yes",
    ),
    (
        "Ada walks 3 km a day from Monday to Friday and 7 km on Saturday. How far does she walk?",
        "From Monday to Friday she walks 3 * 5 = 15 km. With Saturday it is 15 + 7 = 21 km.\nThe final answer is 21.",
        "5 days of 3 km are 15 km, as written. But 15 + 7 is 22, and the solution says 21.",
        "No",
    ),
)
"""Problem, solution, verification and verdict."""
SOLVED = (SHOTS[0][1], SHOTS[1][1].replace("21", "22"))
"""The right solutions of the same problems."""


STOP = ("\nProblem:",)


class Worded(Verifiable):
    """Problems in words, for any model."""

    def draw(self, split: Split, count: int, seed: int) -> list[Question]:
        """See `Verifiable.draw`: a random choice."""
        problems = self.load(split, EVERY)
        order = np.random.default_rng([seed, 11]).permutation(len(problems))
        return [problems[index] for index in order[:count]]

    def to_solve(self, engine: Engine, item: Question) -> Prompt:
        """See `Verifiable.to_solve`."""
        shots = [f"Problem: {shot[0]}\nSolution: {text}" for shot, text in zip(SHOTS, SOLVED, strict=True)]
        return _asked(engine, SOLVE, shots, f"Problem: {item.text}\nSolution:")

    def to_verify(self, engine: Engine, item: Question, solution: str) -> Prompt:
        """See `Verifiable.to_verify`."""
        shots = [
            f"Problem: {question}\nSolution: {text}\nCheck: {check}\nVerification: {VERDICT} {verdict}"
            for question, text, check, verdict in SHOTS
        ]
        return _asked(engine, VERIFY, shots, f"Problem: {item.text}\nSolution: {solution.strip()}\nCheck:")


def named(name: str, max_tokens: int = 0, model: str = "") -> Verifiable:
    """The task of that name, with its own limit of tokens, or the one that a model needs, or another.

    Raises:
        InputError: there is none; names the tasks there are.
    """
    task = find(name, TASKS)
    limit = max_tokens or subjects.tokens_of(model, name, task.max_tokens)
    if task is lab.PROBLEMS:
        return Lab(**vars(task) | {"max_tokens": limit})
    return Worded(**vars(task) | {"max_tokens": limit, "stop": STOP})


def _asked(engine: Engine, instruction: str, shots: Sequence[str], text: str) -> Prompt:
    """One message where the model has a chat template, else a text with worked examples."""
    message = f"{instruction}\n\n{text.rpartition(chr(10))[0]}"
    return asking.prompt(engine, asking.user(message), "\n\n".join([instruction, *shots, text]))
