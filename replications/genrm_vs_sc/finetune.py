"""GenRM-FT: the model fine-tuned on verifications that agree with the truth, as many Yes as No (section on GenRM-FT).

The model solves taught problems, verifies its own solutions, and learns from the verifications whose
verdict is true, each text once a solution, for three epochs. The paper has a stronger model write the verifications,
with the reference at hand, and tunes low-rank adapters; here the model is its own teacher and all its weights learn.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from pydantic import Field

from common.engines import Engine, loading
from common.grading import parse_verdict
from common.tasks import Question
from common.training import checkpoints, loop
from common.training.rejection import backward
from common.training.rollout import Group, Policy
from replications.genrm_vs_sc.experiment import solve, verifications
from replications.genrm_vs_sc.tasks import Verifiable

EPOCHS = 3
SAMPLES, CHECKS = 4, 2
"""Solutions a problem and verifications a solution to choose from."""


class Config(loop.Settings):
    """All that a tuning depends on, beside model and examples; `steps` follows from their number."""

    batch_size: int = Field(default=32, ge=1)


@dataclass(frozen=True)
class Trace:
    """A verification as token ids after its prompt's text, and its verdict."""

    prompt: str
    tokens: tuple[int, ...]
    yes: bool


@dataclass(frozen=True)
class Tuned:
    """A fine-tuned verifier, or the reason why there is none."""

    folder: Path | None
    counts: pd.DataFrame  # one row: what it was made from
    reason: str = ""


def fine_tune(
    engine: Engine, source: str, task: Verifiable, problems: int, learning_rate: float, seed: int, outputs: Path
) -> Tuned:
    """Make a verifier of the model that `engine` runs, or go on with it where it was interrupted.

    Args:
        engine: samples solutions and verifications.
        source: folder or Hub id of the same model.
        task: of its taught questions are the problems.
        problems: how many; 0 for no verifier.
        learning_rate: of AdamW, constant.
        seed: of all random numbers.
        outputs: gets a folder a verifier, named by all that it depends on.
    """
    if not problems:
        return Tuned(None, pd.DataFrame(), "no problems to fine-tune on were asked for (tune_problems is 0)")
    taught = task.draw("taught", problems, seed)
    rows = solve(engine, task, taught, SAMPLES, seed)
    found = agreeing(engine, task, taught, rows, seed)
    kept = balanced(found, np.random.default_rng([seed, 12]))
    yes = sum(trace.yes for trace in found)
    counts = {
        "problems": len(taught),
        "solutions": len(rows),
        "right": float(rows["right"].mean()),
        "agreeing_yes": yes,
        "agreeing_no": len(found) - yes,
        "kept": len(kept),
    }
    if not kept:
        return Tuned(None, pd.DataFrame([counts]), "no true Yes or no true No among the model's own verifications")
    config = Config(
        steps=EPOCHS * -(-len(kept) // Config.model_fields["batch_size"].default),
        learning_rate=learning_rate,
        max_new_tokens=task.max_tokens,
        seed=seed,
    )
    folder, value = tune(source, kept, config, outputs)
    return Tuned(folder, pd.DataFrame([counts | {"steps": config.steps, "last_loss": value}]))


def agreeing(
    engine: Engine, task: Verifiable, problems: Sequence[Question], rows: pd.DataFrame, seed: int
) -> list[Trace]:
    """Verifications whose verdict is true, each text once a solution's text."""
    drawn, prompts = verifications(engine, task, problems, rows, CHECKS, seed)
    found: dict[tuple[str, str], Trace] = {}
    for prompt, several, right in zip(prompts, drawn, rows["right"], strict=True):
        for completion in several:
            if prompt is not None and parse_verdict(completion.text) == bool(right):
                found.setdefault((prompt, completion.text), Trace(prompt, completion.token_ids, bool(right)))
    return list(found.values())


def balanced(traces: Sequence[Trace], rng: np.random.Generator) -> list[Trace]:
    """As many Yes as No: all of the rarer, a random choice of the others; their order is random, too."""
    parts = [[trace for trace in traces if trace.yes == verdict] for verdict in (True, False)]
    fewest = min(map(len, parts))
    chosen = [part[index] for part in parts for index in rng.permutation(len(part))[:fewest]]
    return [chosen[index] for index in rng.permutation(len(chosen))]


def tune(source: str, traces: Sequence[Trace], config: Config, outputs: Path) -> tuple[Path, float]:
    """Fine-tune on traces with the next-token loss: folder of the model, and its loss at the last step.

    Raises:
        InputError: the model cannot be loaded, or its loss is no number.
    """
    model, tokenizer, _ = loading.load(loading.find(source), None, torch.float32, False)
    policy = Policy(model, tokenizer, "cuda" if torch.cuda.is_available() else "cpu")
    prompts = policy.encode([trace.prompt for trace in traces], config.max_new_tokens)
    groups = [Group(ids, [list(trace.tokens)], [], [], []) for ids, trace in zip(prompts, traces, strict=True)]
    identity = _identity(model, groups, config)
    folder = outputs / hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:12]
    descent, batches = loop.Descent(model, config), -(-len(groups) // config.batch_size)

    def work(step: int) -> tuple[loop.Point, loop.Point]:
        order = np.random.default_rng((config.seed, step // batches)).permutation(len(groups))
        chosen = order[step % batches :: batches]
        value = backward(policy, [groups[index] for index in chosen])
        return {"loss": value, "grad_norm": descent.update(value, step)}, {}

    loop.run(descent, work, identity, folder, None, config.steps)
    saved = folder / f"genrm-ft-{folder.name}"
    model.save_pretrained(saved)
    tokenizer.save_pretrained(saved)
    return saved, float(json.loads((folder / loop.CURVE).read_text().splitlines()[-1])["loss"])


def _identity(model: Any, groups: Sequence[Group], config: Config) -> dict[str, Any]:
    examples = [[group.prompt, group.completions[0]] for group in groups]
    return {
        "method": "genrm-ft",
        "model": checkpoints.digest(model),
        "examples": hashlib.sha256(json.dumps(examples).encode()).hexdigest(),
        **config.model_dump(mode="json"),
    }
