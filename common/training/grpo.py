"""GRPO with the pieces of DAPO, for models small enough for a CPU: rewards of outcomes, no value model, no KL term.

A step draws prompts, samples a group of completions for each, and follows the clipped surrogate. Groups whose rewards
are all equal teach nothing; other prompts are drawn in their place (DAPO, arXiv 2503.14476, section 3.2, "dynamic
sampling"), up to `max_redraws` times. Where too few are left, the learning rate falls in proportion: Adam divides by
the size of the gradient, so that a step on one noisy group would else go as far as one on all. If none is left the
step changes nothing, and the curve says so (`groups` 0).

A point of the curve tells of the groups as first drawn, since redrawn ones are not the policy's own choice: mean
`reward`, share of groups that `varied`, mean `length` in tokens, share `truncated`, mean `logprob` of a token. Then
`redraws`, the `groups` learnt from, the mean `grad_norm` before clipping and the share of tokens `clipped`.
"""

import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pydantic import Field, model_validator

from common.training import loop, loss, rewards
from common.training.problems import Problems, Scored
from common.training.rollout import Group, Policy, padded


class Config(loop.Settings):
    """All that a training depends on, beside model, data and reward. The clip is DAPO's (section 4.1)."""

    prompts_per_step: int = Field(default=16, ge=1)
    group_size: int = Field(default=8, ge=2)
    """Completions a prompt: an advantage compares them with each other."""
    epochs: int = Field(default=1, ge=1)
    """Passes over the completions of a step."""
    minibatches: int = Field(default=1, ge=1)
    """Updates in one pass; from the second on the clip matters."""
    epsilon_low: float = Field(default=0.2, gt=0, lt=1)
    epsilon_high: float = Field(default=0.28, gt=0)
    mask_truncated: bool = False
    """Leave completions that reached `max_new_tokens` out of the loss."""
    max_redraws: int = Field(default=10, ge=0)

    @model_validator(mode="after")
    def _check(self) -> "Config":
        if self.minibatches > self.prompts_per_step:
            raise ValueError(
                f"minibatches ({self.minibatches}) must not exceed prompts_per_step ({self.prompts_per_step})"
            )
        return self


def train(
    model: Any,
    tokenizer: Any,
    prompts: Mapping[str, Sequence[Any]],
    reward: rewards.Reward,
    config: Config,
    folder: Path,
    *,
    evaluate: loop.Evaluate | None = None,
    every: int = 10,
    device: str = "cpu",
) -> None:
    """Train a model in place, or go on with a training that was interrupted: call it again with the same arguments.

    Args:
        model: a causal language model of transformers, as it is before the training.
        tokenizer: its tokenizer.
        prompts: columns of one length; `prompt` holds strings, the others go to the reward.
        reward: marks completions; see `rewards`.
        config: settings.
        folder: for curve, evaluations, timings and checkpoint; see `loop`.
        evaluate: called with model and steps done, before the first step and after every `every`; returns numbers.
        every: as said.
        device: such as "cpu" or "cuda".

    Raises:
        InputError: prompts or reward of the wrong kind, a model that cannot be sampled from here, a damaged or foreign
            checkpoint, or a loss that is not a number.
    """
    trainer = _Trainer(model, tokenizer, prompts, reward, config, device)
    loop.run(trainer.descent, trainer.step, trainer.identity, Path(folder), evaluate, every)


class _Trainer:
    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        prompts: Mapping[str, Sequence[Any]],
        reward: rewards.Reward,
        config: Config,
        device: str,
    ) -> None:
        self.config = config
        self.policy = Policy(model, tokenizer, device, config.temperature, config.stop)
        self.problems = Problems(self.policy, prompts, reward, config, config.prompts_per_step)
        self.descent = loop.Descent(model, config)
        self.identity = loop.identity("grpo", model, self.problems.ids, reward, config)
        self.drawn = 0  # tokens sampled in the step so far, for the timings

    def step(self, step: int) -> tuple[loop.Point, loop.Point]:
        """One step: sample, mark, update."""
        began, self.drawn = time.monotonic(), 0
        first, kept, redraws = self.collect(step)
        sampled = time.monotonic()
        updates = self.update(kept, step)
        point = {**_describe(first), "redraws": redraws, "groups": len(kept), **updates}
        return point, {"rollout": sampled - began, "update": time.monotonic() - sampled, "tokens": self.drawn}

    def collect(self, step: int) -> tuple[list[Scored], list[Scored], int]:
        """Groups as first drawn, groups to learn from, and how often prompts were redrawn."""
        wanted = self.config.prompts_per_step
        order = np.random.default_rng((self.config.seed, step)).permutation(len(self.problems.ids))
        first = self._draw(order[:wanted], step, 0)
        kept = [scored for scored in first if loss.varied(scored.rewards)]
        used, redraws = wanted, 0
        while len(kept) < wanted and redraws < self.config.max_redraws and used < len(order):
            redraws += 1
            enough = math.ceil((wanted - len(kept)) * used / max(1, len(kept)))  # if the share that varies stays so
            chosen = order[used : used + min(wanted, enough)]
            used += len(chosen)
            kept += [scored for scored in self._draw(chosen, step, redraws) if loss.varied(scored.rewards)]
        return first, kept[:wanted], redraws

    def update(self, kept: Sequence[Scored], step: int) -> loop.Point:
        """Follow the surrogate over all epochs and minibatches; nothing where no token counts."""
        order = np.random.default_rng((self.config.seed, step, 1))
        norms: list[float] = []
        tokens = clipped = 0
        for _ in range(self.config.epochs):
            for part in np.array_split(order.permutation(len(kept)), self.config.minibatches):
                batch = [kept[index] for index in part]
                if total := sum(int(self._mask([scored.group]).sum()) for scored in batch):
                    value, bound = self._backward(batch, total)
                    norms.append(self.descent.update(value, step, len(kept) / self.config.prompts_per_step))
                    tokens, clipped = tokens + total, clipped + bound
        return {"grad_norm": float(np.mean(norms)) if norms else 0.0, "clipped": clipped / max(1, tokens)}

    def _draw(self, chosen: np.ndarray, step: int, redraw: int) -> list[Scored]:
        found = self.problems.draw(chosen.tolist(), self.config.group_size, rewards.TrainerState(step, redraw))
        self.drawn += sum(len(ids) for scored in found for ids in scored.group.completions)
        return found

    def _mask(self, groups: Sequence[Group]) -> np.ndarray:
        lengths = np.array([len(ids) for group in groups for ids in group.completions])
        truncated = np.array([cut for group in groups for cut in group.truncated])
        return loss.completion_mask(lengths, truncated, mask_truncated=self.config.mask_truncated)

    def _backward(self, batch: Sequence[Scored], total: int) -> tuple[float, int]:
        """Add up the gradients of a batch in which `total` tokens count: its loss, and how often the clip binds."""
        send, value, bound = self.policy.network.send, 0.0, 0
        for indices in self.policy.parts([scored.group for scored in batch]):
            part = [batch[index] for index in indices]
            groups = [scored.group for scored in part]
            gains = np.concatenate([loss.advantages(scored.rewards) for scored in part])
            old = padded([numbers for group in groups for numbers in group.logprobs], np.float32)
            mask = send(self._mask(groups))
            losses, clipped = loss.clipped_surrogate(
                self.policy.logprobs(groups),
                send(old),
                send(gains.astype(np.float32)),
                self.config.epsilon_low,
                self.config.epsilon_high,
            )
            mean = loss.token_mean(losses, mask, total)
            torch.autograd.backward(mean)
            value, bound = value + float(mean.detach()), bound + int((clipped & mask).sum())
        return value, bound


def _describe(drawn: Sequence[Scored]) -> loop.Point:
    logprobs = np.concatenate([numbers for scored in drawn for numbers in scored.group.logprobs])
    lengths = [len(ids) for scored in drawn for ids in scored.group.completions]
    return {
        "reward": float(np.mean([scored.rewards for scored in drawn])),
        "varied": float(np.mean([loss.varied(scored.rewards) for scored in drawn])),
        "length": float(np.mean(lengths)),
        "truncated": float(np.mean([scored.group.truncated for scored in drawn])),
        "logprob": float(np.mean(logprobs)),
    }
