"""Chains of arithmetic on a ring of 29 numbers: problems, solutions step by step, random corruptions, first wrong
step.

A problem `7 + 5 * 3 - 4` is worked from left to right, one step after the other; every result is taken modulo
`MODULUS`. Some operands are rare in the corpus, so difficulty grows with the number of steps and with how many of
them use a rare operand.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

import numpy as np

from common.errors import InputError

MODULUS = 29
OPERATORS = ("+", "-", "*")
COMMON_OPERANDS = tuple(range(2, 9))
RARE_OPERANDS = tuple(range(9, MODULUS))
MAX_STEPS = 6

T = TypeVar("T")
ErrorKind = Literal["result", "operand", "carry", "operator"]
ERROR_KINDS: tuple[ErrorKind, ...] = get_args(ErrorKind)
"""A wrong result; a wrong operand copied; a wrong value carried over from the step before; a wrong operator."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a solution: `left operator right = result`."""

    left: int
    operator: str
    right: int
    result: int

    def __str__(self) -> str:
        return f"{self.left} {self.operator} {self.right} = {self.result}"


@dataclass(frozen=True, slots=True)
class Chain:
    """A problem: a start value and the operations to apply, in order."""

    start: int
    operations: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        return " ".join([str(self.start), *(f"{operator} {right}" for operator, right in self.operations)])

    @property
    def rare_steps(self) -> int:
        """How many operations use a rare operand."""
        return sum(right in RARE_OPERANDS for _, right in self.operations)


_CHAIN = re.compile(r"(\d+)((?: [-+*] \d+)+)")
_OPERATION = re.compile(r"([-+*]) (\d+)")


def chain_of(text: str) -> Chain:
    """A problem from its text.

    Raises:
        InputError: it is none.
    """
    found = _CHAIN.fullmatch(text)
    if not found:
        raise InputError(f"{text!r:.80} is no problem of the lab, such as '7 + 5 * 3'")
    return Chain(int(found[1]), tuple((sign, int(right)) for sign, right in _OPERATION.findall(found[2])))


def apply(left: int, operator: str, right: int) -> int:
    """The result of one step on the ring."""
    value = left + right if operator == "+" else left - right if operator == "-" else left * right
    return value % MODULUS


def pick(rng: np.random.Generator, items: Sequence[T]) -> T:
    """One item, uniformly; several times faster than `rng.choice`."""
    return items[int(rng.integers(len(items)))]


def draw(rng: np.random.Generator, steps: int, rare: float) -> Chain:
    """A random chain in which each operand is rare with probability `rare`."""
    operations = tuple(
        (pick(rng, OPERATORS), pick(rng, RARE_OPERANDS if rng.random() < rare else COMMON_OPERANDS))
        for _ in range(steps)
    )
    return Chain(int(rng.integers(MODULUS)), operations)


def solve(chain: Chain) -> list[Step]:
    """The right solution, step by step."""
    steps, value = [], chain.start
    for operator, right in chain.operations:
        steps.append(Step(value, operator, right, apply(value, operator, right)))
        value = steps[-1].result
    return steps


def answer(chain: Chain) -> int:
    """The right final result."""
    return solve(chain)[-1].result


def first_error(chain: Chain, steps: list[Step]) -> int:
    """Index of the earliest wrong step, or -1: ProcessBench's label. A missing or surplus step is an error where it
    is missed.
    """
    value = chain.start
    for index, (operator, right) in enumerate(chain.operations):
        if index >= len(steps):
            return index
        step = steps[index]
        if (step.left, step.operator, step.right) != (value, operator, right) or step.result != apply(
            value, operator, right
        ):
            return index
        value = step.result
    return -1 if len(steps) == len(chain.operations) else len(chain.operations)


def rework(chain: Chain, steps: list[Step]) -> list[Step]:
    """What each written step should have been, taken up from the value the solution had reached before it."""
    values = [chain.start, *(step.result for step in steps[:-1])]
    return [
        Step(value, operator, right, apply(value, operator, right))
        for value, (operator, right) in zip(values, chain.operations, strict=False)
    ]


def corrupt(chain: Chain, rng: np.random.Generator, kind: ErrorKind | None = None, at: int | None = None) -> list[Step]:
    """A solution with one (random) step gone wrong in a given (or random) way; later steps go on from its result."""
    steps = solve(chain)
    at = int(rng.integers(len(steps))) if at is None else at
    kinds: tuple[ErrorKind, ...] = ERROR_KINDS if kind is None else (kind,)
    steps[at] = _wrong(steps[at], pick(rng, kinds), rng)
    for index in range(at + 1, len(steps)):
        left, (operator, right) = steps[index - 1].result, chain.operations[index]
        steps[index] = Step(left, operator, right, apply(left, operator, right))
    return steps


def _wrong(step: Step, kind: ErrorKind, rng: np.random.Generator) -> Step:
    """The step gone wrong; where no mistake of that kind changes the result, the result itself is wrong."""
    left, operator, right = step.left, step.operator, step.right
    if kind == "operand":
        tried = [(left, operator, other) for other in range(MODULUS)]
    elif kind == "carry":
        tried = [(other, operator, right) for other in range(MODULUS)]
    elif kind == "operator":
        tried = [(left, other, right) for other in OPERATORS]
    else:
        tried = []
    wrong = [Step(*parts, apply(*parts)) for parts in tried if apply(*parts) != step.result]
    return (
        pick(rng, wrong)
        if wrong
        else Step(left, operator, right, int((step.result + rng.integers(1, MODULUS)) % MODULUS))
    )
