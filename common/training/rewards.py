"""Rewards: plain callables that mark completions, called as TRL calls its reward functions.

So one function serves `grpo.train`, `rejection.train` and `trl_backend.train`. It is given, by keyword, `prompts`,
`completions` and `completion_ids`, one entry a completion; every other column of the data, repeated likewise; and
`trainer_state`, whose `global_step` counts steps from 0. It takes what it needs and lets `**columns` swallow the rest.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.errors import InputError

Reward = Callable[..., Sequence[float]]
"""Marks for a batch of completions: one finite number each."""


@dataclass(frozen=True, slots=True)
class TrainerState:
    """Where a training is: the part of TRL's `trainer_state` that rewards may use, and the redraw within a step."""

    global_step: int
    redraw: int = 0


def outcome(grader: Callable[[str, Any], bool], column: str = "answer") -> Reward:
    """1 where the grader accepts the completion, given the row's entry in a column of the data; else 0."""

    def outcome(*, completions: list[str], **columns: Any) -> list[float]:
        if column not in columns:
            raise InputError(f"reward outcome needs a column {column!r} in the data: add it, or name another")
        return [float(grader(text, given)) for text, given in zip(completions, columns[column], strict=True)]

    return outcome


def format_only(predicate: Callable[[str], bool]) -> Reward:
    """1 where the completion has the right form, whatever it says; else 0. A control for `outcome`."""

    def format_only(*, completions: list[str], **_: Any) -> list[float]:
        return [float(predicate(text)) for text in completions]

    return format_only


def random(seed: int, probability: float = 0.5) -> Reward:
    """1 with a probability, else 0, whatever the completion says; by seed, step and redraw alone. Another control."""

    def random(*, completions: list[str], trainer_state: Any, **_: Any) -> list[float]:
        key = (seed, trainer_state.global_step, getattr(trainer_state, "redraw", 0))
        drawn = np.random.default_rng(key).random(len(completions)) < probability
        return [float(hit) for hit in drawn]

    return random


def soft_overlong(max_tokens: int, buffer: int) -> Reward:
    """DAPO's soft punishment of length (equation 13): 0 up to `buffer` tokens before the limit, then falling to -1.

    A completion that stops at its limit has -1. Add it to another reward with `combined`.

    Raises:
        InputError: the buffer does not lie within the limit.
    """
    if not 0 < buffer <= max_tokens:
        raise InputError(f"buffer must be from 1 to max_tokens ({max_tokens}) tokens, got {buffer}")

    def soft_overlong(*, completion_ids: list[list[int]], **_: Any) -> list[float]:
        return [float(np.clip((max_tokens - buffer - len(ids)) / buffer, -1, 0)) for ids in completion_ids]

    return soft_overlong


def combined(*rewards: Reward) -> Reward:
    """The sum of several rewards."""

    def combined(**given: Any) -> list[float]:
        return [float(total) for total in np.sum([reward(**given) for reward in rewards], axis=0)]

    combined.__name__ = "+".join(map(name, rewards))
    return combined


def name(reward: Reward) -> str:
    """What messages and checkpoints call a reward."""
    return getattr(reward, "__name__", type(reward).__name__)


def checked(reward: Reward) -> Reward:
    """The same reward, sure to give a list of one finite number a completion.

    Raises:
        InputError: when called, and the reward fails or gives anything else; it names the reward and the completion.
    """

    def call(*, prompts: list[str], completions: list[str], **columns: Any) -> list[float]:
        given = {"prompts": prompts, "completions": completions, **columns}
        try:
            values = reward(**given)
        except InputError:
            raise
        except Exception as error:  # a reward is the user's own code and may raise anything
            where = _row(given, _culprit(reward, given))
            raise InputError(f"reward {name(reward)} fails{where}: {_line(error)}") from error
        if not hasattr(values, "__len__") or len(values) != len(completions):
            found = f"{len(values)} values" if hasattr(values, "__len__") else repr(values)
            raise InputError(f"reward {name(reward)} must return {len(completions)} numbers in a list, not {found}")
        if wrong := [row for row, value in enumerate(values) if not _finite(value)]:
            where = _row(given, wrong[0])
            raise InputError(
                f"reward {name(reward)} returned {values[wrong[0]]!r:.80}{where}: it must return a finite number"
            )
        return [float(value) for value in values]

    call.__name__ = name(reward)
    return call


def _culprit(reward: Reward, given: Mapping[str, Any]) -> int | None:
    """The first row that fails on its own."""
    count = len(given["completions"])
    for row in range(count):
        alone = {
            name: values[row : row + 1] if isinstance(values, list) and len(values) == count else values
            for name, values in given.items()
        }
        try:
            reward(**alone)
        except Exception:  # whatever it was that the whole batch raised
            return row
    return None


def _row(given: Mapping[str, Any], row: int | None) -> str:
    if row is None:
        return ""
    prompts, completions = given["prompts"], given["completions"]
    return f" for completion {row} of {len(completions)} ({completions[row]!r:.80} after {prompts[row]!r:.80})"


def _finite(value: Any) -> bool:
    try:
        return bool(np.isfinite(float(value)))
    except (TypeError, ValueError):
        return False


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split()):.200}"
