"""Rejection-sampling fine-tuning: learn from one's own right solutions, without reinforcement learning.

The model samples solutions of every prompt once, those with reward 1 are kept, each text once a prompt, and it is
fine-tuned on them with the next-token loss (Yuan et al. 2023, arXiv 2308.01825). For another round, call
it with the tuned model and another folder.
"""

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pydantic import Field

from common.errors import InputError
from common.files import write_whole
from common.progress import Progress
from common.training import loop, loss, rewards
from common.training.problems import Problems
from common.training.rollout import Group, Policy

KEPT = "kept.jsonl"
PROMPTS = 32
"""Prompts sampled at once."""


class Config(loop.Settings):
    """All that a training depends on, beside model, data and reward."""

    samples: int = Field(default=8, ge=1)
    """Completions a prompt."""
    batch_size: int = Field(default=128, ge=1)
    """Kept completions a step, or all where there are fewer."""


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
    """Train a model in place, or go on with a training that was interrupted: arguments and errors of `grpo.train`.

    The temperature is that of the sampling alone. What was kept lies in the folder's `kept.jsonl`.

    Raises:
        InputError: as in `grpo.train`, or no completion has reward 1.
    """
    sampler = Policy(model, tokenizer, device, config.temperature, config.stop)
    problems = Problems(sampler, prompts, reward, config, 1)
    identity, folder = loop.identity("rejection", model, problems.ids, reward, config), Path(folder)
    solutions = _stored(folder / KEPT, identity)
    if solutions is None:
        solutions = collect(problems, config.samples)
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / KEPT, "".join(json.dumps(line) + "\n" for line in [identity, *solutions]))
    if not solutions:
        raise InputError(f"reward {rewards.name(reward)} is 1 for no completion: take easier prompts or more samples")
    policy, descent = Policy(model, tokenizer, device), loop.Descent(model, config)
    single = [Group(problems.ids[row], [tokens], [], [], []) for row, tokens in solutions]

    def work(step: int) -> tuple[loop.Point, loop.Point]:
        began = time.monotonic()
        chosen = np.random.default_rng((config.seed, step)).permutation(len(single))[: config.batch_size]
        value = backward(policy, [single[index] for index in chosen])
        point = {"loss": value, "grad_norm": descent.update(value, step)}
        return point, {"update": time.monotonic() - began}

    loop.run(descent, work, identity, folder, evaluate, every)


def collect(problems: Problems, samples: int) -> list[tuple[int, list[int]]]:
    """Row of the prompt and token ids of every right solution, each text once a prompt."""
    kept: dict[tuple[int, str], list[int]] = {}
    count = len(problems.ids)
    with Progress("sample", count, "prompt") as bar:
        for start in range(0, count, PROMPTS):
            rows = range(start, min(start + PROMPTS, count))
            for row, scored in zip(rows, problems.draw(rows, samples, rewards.TrainerState(0)), strict=True):
                for text, tokens, mark in zip(
                    scored.group.texts, scored.group.completions, scored.rewards, strict=True
                ):
                    if mark == 1:
                        kept.setdefault((row, text), tokens)
            bar.update(len(rows))
    return [(row, tokens) for (row, _), tokens in kept.items()]


def _stored(path: Path, identity: Mapping[str, Any]) -> list[tuple[int, list[int]]] | None:
    """What an interrupted training had kept, if it is this training."""
    if not path.exists():
        return None
    first, *lines = map(json.loads, path.read_text().splitlines())
    return [(row, tokens) for row, tokens in lines] if first == identity else None


def backward(policy: Policy, groups: Sequence[Group]) -> float:
    """Add up the gradients of the mean next-token loss over the tokens of groups of one completion each."""
    value, total = 0.0, sum(len(ids) for group in groups for ids in group.completions)
    for indices in policy.parts(groups):
        part = [groups[index] for index in indices]
        lengths = np.array([len(group.completions[0]) for group in part])
        mask = loss.completion_mask(lengths, np.zeros(len(part), dtype=bool), mask_truncated=False)
        mean = -loss.token_mean(policy.logprobs(part), policy.network.send(mask), total)
        torch.autograd.backward(mean)
        value += float(mean.detach())
    return value
