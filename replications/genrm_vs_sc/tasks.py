"""What is solved and verified: chains of the lab, GSM8K, MATH-500; the prompts, and how answers are read.

A task gives items and prompts; nothing else here or in `live` knows where an item comes from. Lab models are asked in
the words they were taught, as plain strings. Any other model is asked in one message if it has a chat template, or else
by a plain text with two worked examples (ours). All verifications end in the same question and verdict.
"""

import copy
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self, TypeVar

import numpy as np

from common import subjects
from common.datasets import gsm8k, math500
from common.datasets.records import one_of
from common.engines import Engine, Prompt, Sampling
from common.errors import InputError
from common.grading import extract_answer
from common.lab import arithmetic, exam, formats
from common.lab.arithmetic import Chain
from common.lab.exam import VERDICT
from common.lab.tokenizer import readable

T = TypeVar("T")
Part = Literal["evaluated", "dev", "taught"]
"""Problems that claims are about; problems to try things on; problems that a verifier may be fine-tuned on."""

SAMPLING = Sampling(temperature=0.7, top_p=0.95)
"""As in the paper's released settings (second-hand)."""


@dataclass(frozen=True, slots=True)
class Item:
    """A problem: `level` grows with difficulty, `hard` cuts it in two."""

    id: str
    question: str
    target: str
    level: int
    hard: bool
    chain: Chain | None = None


class Task(ABC):
    """Problems of one kind, and how a model is asked to solve and to verify them."""

    name: str
    hardness: str
    """What makes an item hard, in words."""
    solution: Sampling
    verification: Sampling

    @abstractmethod
    def items(self, part: Part, count: int, seed: int) -> list[Item]:
        """Up to `count` problems of a part, the same for the same seed.

        Raises:
            InputError: the part has no problems.
        """

    @abstractmethod
    def to_solve(self, engine: Engine, item: Item) -> Prompt:
        """What is asked for a solution."""

    @abstractmethod
    def to_verify(self, engine: Engine, item: Item, solution: str) -> Prompt:
        """What is asked for a verification of a readable solution."""

    @abstractmethod
    def answer(self, solution: str) -> str | None:
        """The answer that a solution states, if any."""

    def readable(self, text: str) -> bool:
        """Whether what the model wrote can be put into a prompt."""
        return True

    def within(self, max_tokens: int) -> Self:
        """The same task with so many tokens at most for a solution and for a verification."""
        other = copy.copy(self)
        for kind in ("solution", "verification"):
            setattr(other, kind, getattr(self, kind).model_copy(update={"max_tokens": max_tokens}))
        return other


class Lab(Task):
    """Chains of 2 to 6 steps, equally many of each length; hard are those with two or more rare operands."""

    name = "lab"
    hardness = "two or more rare operands"
    solution = SAMPLING.model_copy(update={"max_tokens": 64, "stop": ("\n",)})
    verification = solution
    steps = range(2, arithmetic.MAX_STEPS + 1)

    def items(self, part: Part, count: int, seed: int) -> list[Item]:
        """See `Task.items`; evaluated problems are of the test split."""
        split = "test" if part == "evaluated" else part
        each = -(-count // len(self.steps))
        by_length = [exam.chains(split, steps, each, seed) for steps in self.steps]
        mixed = [chain for several in zip(*by_length, strict=False) for chain in several]
        return [_chain_item(chain) for chain in mixed[:count]]

    def to_solve(self, engine: Engine, item: Item) -> Prompt:
        """See `Task.to_solve`."""
        assert item.chain is not None
        return formats.solution(item.chain).prompt

    def to_verify(self, engine: Engine, item: Item, solution: str) -> Prompt:
        """See `Task.to_verify`."""
        assert item.chain is not None
        return formats.verification(item.chain, solution).prompt

    def answer(self, solution: str) -> str | None:
        """See `Task.answer`."""
        found = formats.parse_solution(solution)[1]
        return None if found is None else str(found)

    def readable(self, text: str) -> bool:
        """See `Task.readable`: two tokens may join to a word outside the closed vocabulary."""
        return readable(text)


def _chain_item(chain: Chain) -> Item:
    rare = chain.rare_steps
    return Item(str(chain), formats.chain_question(chain), str(arithmetic.answer(chain)), rare, rare >= 2, chain)


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


class Worded(Task):
    """Problems in words, for any model."""

    stop = ("\nProblem:",)
    solution = SAMPLING.model_copy(update={"max_tokens": 512, "stop": stop})
    verification = solution

    def to_solve(self, engine: Engine, item: Item) -> Prompt:
        """See `Task.to_solve`."""
        shots = [f"Problem: {shot[0]}\nSolution: {text}" for shot, text in zip(SHOTS, SOLVED, strict=True)]
        return _asked(engine, SOLVE, shots, f"Problem: {item.question}\nSolution:")

    def to_verify(self, engine: Engine, item: Item, solution: str) -> Prompt:
        """See `Task.to_verify`."""
        shots = [
            f"Problem: {question}\nSolution: {text}\nCheck: {check}\nVerification: {VERDICT} {verdict}"
            for question, text, check, verdict in SHOTS
        ]
        return _asked(engine, VERIFY, shots, f"Problem: {item.question}\nSolution: {solution.strip()}\nCheck:")

    def answer(self, solution: str) -> str | None:
        """See `Task.answer`."""
        return extract_answer(solution)


class Gsm8k(Worded):
    """GSM8K; hard are problems whose reference takes four or more calculations."""

    name = "gsm8k"
    hardness = "four or more calculations"

    def items(self, part: Part, count: int, seed: int) -> list[Item]:
        """See `Task.items`: evaluated problems are of the test split, others of the first or second half of train."""
        problems = gsm8k.load("test" if part == "evaluated" else "train")
        if part != "evaluated":
            half = len(problems) // 2
            problems = problems[:half] if part == "taught" else problems[half:]
        chosen = [(one, one.solution.count("<<")) for one in _drawn(problems, count, seed)]
        return [Item(one.id, one.question, one.answer, level, level >= 4) for one, level in chosen]


class Math500(Worded):
    """MATH-500; hard are levels 4 and 5. It has test problems only."""

    name = "math500"
    hardness = "level 4 or 5"
    solution = Worded.solution.model_copy(update={"max_tokens": 1024})
    verification = solution

    def items(self, part: Part, count: int, seed: int) -> list[Item]:
        """See `Task.items`."""
        if part != "evaluated":
            raise InputError("math500 has test problems only: nothing to fine-tune on")
        chosen = _drawn(math500.load(), count, seed)
        return [Item(one.id, one.problem, one.answer, one.level, one.level >= 4) for one in chosen]


TASKS: dict[str, Task] = {task.name: task for task in (Lab(), Gsm8k(), Math500())}


def named(name: str, max_tokens: int = 0, model: str = "") -> Task:
    """The task of that name, with its own limits of tokens, or those that a model needs, or others.

    Raises:
        InputError: there is none; names the tasks there are.
    """
    task = TASKS[one_of("task", name, TASKS)]
    limit = max_tokens or subjects.tokens_of(model, name, 0)
    return task.within(limit) if limit else task


def _asked(engine: Engine, instruction: str, shots: Sequence[str], text: str) -> Prompt:
    """One message where the model has a chat template, else a text with worked examples."""
    messages = [{"role": "user", "content": f"{instruction}\n\n{text.rpartition(chr(10))[0]}"}]
    try:
        engine.render(messages)
    except InputError:
        return "\n\n".join([instruction, *shots, text])
    return messages


def _drawn(problems: Sequence[T], count: int, seed: int) -> list[T]:
    order = np.random.default_rng([seed, 11]).permutation(len(problems))
    return [problems[index] for index in order[:count]]
