"""Problems to learn from: prompts with what their reward needs, sampled and marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.errors import InputError
from common.training import rewards
from common.training.loop import Settings
from common.training.rollout import Group, Policy


@dataclass(frozen=True, slots=True)
class Scored:
    """A group of completions and their rewards [group size]."""

    group: Group
    rewards: np.ndarray


class Problems:
    """Prompts with their other columns, and the reward that marks completions.

    Args:
        columns: of one length; `prompt` holds strings.
        reward: see `rewards`.
        settings: for prompts that are too long, and for the drawing.
        needed: rows that a step takes.

    Raises:
        InputError: columns or prompts are not so.
    """

    def __init__(
        self,
        policy: Policy,
        columns: Mapping[str, Sequence[Any]],
        reward: rewards.Reward,
        settings: Settings,
        needed: int,
    ) -> None:
        _check(columns, needed)
        self.policy, self.settings, self.reward = policy, settings, rewards.checked(reward)
        self.others = {name: list(values) for name, values in columns.items() if name != "prompt"}
        self.prompts = list(columns["prompt"])
        self.ids = policy.encode(self.prompts, settings.max_new_tokens)

    def draw(self, rows: Sequence[int], group_size: int, state: rewards.TrainerState) -> list[Scored]:
        """Sample a group for each of these rows and mark it.

        Raises:
            InputError: the reward fails.
            NotANumberError: the model's output is not a number.
        """
        groups = self.policy.sample(
            [self.ids[row] for row in rows],
            [f"step {state.global_step} prompt {row}" for row in rows],
            group_size,
            self.settings.max_new_tokens,
            self.settings.seed,
        )
        owners = [row for row in rows for _ in range(group_size)]
        marks = self.reward(
            prompts=[self.prompts[row] for row in owners],
            completions=[text for group in groups for text in group.texts],
            completion_ids=[ids for group in groups for ids in group.completions],
            trainer_state=state,
            **{name: [values[row] for row in owners] for name, values in self.others.items()},
        )
        grouped = np.reshape(marks, (len(groups), group_size))
        return [Scored(group, marks) for group, marks in zip(groups, grouped, strict=True)]


def _check(columns: Mapping[str, Sequence[Any]], needed: int) -> None:
    if "prompt" not in columns:
        raise InputError(f"the data need a column 'prompt', they have {', '.join(columns) or 'none'}")
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise InputError(f"the columns of the data must have one length, they have {lengths}")
    if lengths["prompt"] < needed:
        raise InputError(f"the data have {lengths['prompt']} prompts, a step takes {needed}: add some, or take fewer")
