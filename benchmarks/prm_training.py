"""Seconds a training step: our GRPO trainer beside TRL's GRPOTrainer, on the same machine in one run.

``python -m benchmarks.prm_training`` writes benchmarks/results/prm_training.json. Both train the same lab model
from the same weights, with the same reward, prompts, completions a step, length limit, learning rate and clip, in one
thread. TRL has no stop strings, so that neither has here: completions end at the end-of-text token, which lab models
hardly write, or at the limit, and have the same length. Dynamic sampling is off (TRL has none). Both alternate, in an
order that turns from round to round, and each round is timed from the second step on: the first pays for warming up.
Figures are medians over rounds, and the ratio is the median of the rounds' own ratios. `ours_with_stop` is our trainer
as the replication uses it, where a completion ends with its line.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from common.files import write_whole
from common.paths import MODELS, ROOT
from common.runs.provenance import machine
from common.training import grpo, rewards, trl_backend
from replications.prm_from_rl.trainings import STOP, Plan, right_answer, to_learn

RESULTS = ROOT / "benchmarks" / "results" / "prm_training.json"
MODEL = MODELS / "lab-0.15m"
TOKENS = 48

Trainer = Callable[[Any, Any, grpo.Config, Path, rewards.Reward], None]


def ours(model: Any, tokenizer: Any, config: grpo.Config, folder: Path, reward: rewards.Reward) -> None:
    """Train with our trainer."""
    grpo.train(model, tokenizer, to_learn(Plan(), 0), reward, config, folder)


def theirs(model: Any, tokenizer: Any, config: grpo.Config, folder: Path, reward: rewards.Reward) -> None:
    """Train with TRL's."""
    quiet: dict[str, Any] = {"disable_tqdm": True, "save_strategy": "no", "bf16": False}
    trl_backend.train(model, tokenizer, to_learn(Plan(), 0), reward, config, folder, **quiet)


def seconds_a_step(trainer: Trainer, config: grpo.Config) -> float:
    """Mean seconds from one call of the reward to the next: one step, without loading, warming up and saving."""
    model = AutoModelForCausalLM.from_pretrained(MODEL, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    called: list[float] = []
    outcome = rewards.outcome(right_answer)

    def timed(**given: Any) -> Any:
        called.append(time.perf_counter())
        return outcome(**given)

    with tempfile.TemporaryDirectory() as folder:
        trainer(model, tokenizer, config, Path(folder), timed)
    return (called[-1] - called[1]) / (len(called) - 2)


def measure(steps: int, rounds: int) -> dict[str, object]:
    """Time both trainers, in turns."""
    config = grpo.Config(
        steps=steps + 2, learning_rate=3e-4, max_new_tokens=TOKENS, prompts_per_step=16, group_size=8, max_redraws=0
    )
    ways: dict[str, Callable[[], float]] = {
        "ours": lambda: seconds_a_step(ours, config),
        "trl": lambda: seconds_a_step(theirs, config),
        "ours_with_stop": lambda: seconds_a_step(ours, config.model_copy(update={"stop": STOP})),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        for name in list(ways) if number % 2 else list(ways)[::-1]:
            taken[name].append(ways[name]())
            print(f"round {number + 1} of {rounds}: {name} {taken[name][-1]:.2f} s a step", flush=True)
    ratios = [trl / mine for trl, mine in zip(taken["trl"], taken["ours"], strict=True)]
    return {
        "model": MODEL.name,
        "completions_a_step": 128,
        "tokens_a_completion": TOKENS,
        "steps": steps,
        "rounds": rounds,
        "threads": torch.get_num_threads(),
        "seconds_a_step": {name: round(median(values), 3) for name, values in taken.items()},
        "trl_over_ours": round(median(ratios), 2),
        "trl_over_ours_range": [round(min(ratios), 2), round(max(ratios), 2)],
        "machine": machine(),
        "versions": {name: version(name) for name in ("torch", "transformers", "trl")},
    }


def main() -> int:
    """Measure, write and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=10, help="timed steps a round")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    torch.set_num_threads(1)
    write_whole(RESULTS, json.dumps(measure(given.steps, given.rounds), indent=1) + "\n")
    print(RESULTS.read_text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
