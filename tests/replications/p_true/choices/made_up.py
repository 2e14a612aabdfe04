"""Recorded files of our own making, in the format of the public ones, from probabilities whose calibration is known.

A model sees the right option through noise, x = skill * onehot(key) + z with z standard normal, and knows that all
options are equally likely: softmax(skill * x) is then exactly calibrated. softmax(sharpness * skill * x) is
overconfident for a sharpness above 1, and the temperature that mends it is the sharpness.
"""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy import special

from common.arrays import Floats, Ints
from common.datasets import mcq_bias, on_demand
from replications.p_true.choices.recorded import SIZES, Recorded

Sharpness = Callable[[str, int, int], float]
"""Of a model by family, size in billions and shots."""


def calibrated(family: str, billions: int, shots: int) -> float:
    return 1.0


def as_claimed(family: str, billions: int, shots: int) -> float:
    """Overconfidence that shrinks with size and shots; chat models are sharpened 2.5 times."""
    return 2.5 if "chat" in family else 1 + 1.2 * (1 - np.log10(billions) / 1.85) + (0.5 if shots == 0 else 0)


def overconfident(family: str, billions: int, shots: int) -> float:
    """All alike, whatever their size, shots and tuning."""
    return 1.8


def recorded(dataset: mcq_bias.Dataset, sharpness: Sharpness, questions: int, seed: int = 0) -> Recorded:
    """A data set as `replications.p_true.choices.recorded.read` gives it, without files."""
    keys = np.random.default_rng(seed).integers(4, size=questions)
    tables = {
        (model, shots): special.softmax(_logits(keys, family, billions, shots, sharpness, seed), axis=1)
        for family, models in SIZES.items()
        for model, billions in models.items()
        for shots in mcq_bias.SHOTS
    }
    return Recorded(dataset, tuple(f"{dataset}/{i}" for i in range(questions)), keys, tables)


def _logits(keys: Ints, family: str, billions: int, shots: int, sharpness: Sharpness, seed: int) -> Floats:
    rng = np.random.default_rng([seed, billions, shots, len(family)])
    skill = 0.6 + 0.5 * np.log10(billions)
    evidence = skill * np.eye(4)[keys] + rng.standard_normal((len(keys), 4))
    return sharpness(family, billions, shots) * skill * evidence


def write(folder: Path, made: Recorded) -> None:
    """Write a data set's files below `folder`, its questions dealt out to the subjects."""
    for (model, shots), table in made.probabilities.items():
        files = mcq_bias.sources(made.dataset, [model], [shots])
        for number, source in enumerate(files):
            mine = slice(number, None, len(files))
            (folder / source.path).parent.mkdir(parents=True, exist_ok=True)
            (folder / source.path).write_text(file_text(table[mine], made.keys[mine]))


def file_text(probabilities: Floats, keys: Ints) -> str:
    """A recorded file: one line a question, and the accuracy in the last line."""
    p = np.round(probabilities, 4)
    best = p.argmax(axis=1)
    lines = [
        {"idx": i, "options": list("wxyz"), "probs": list(map(float, p[i])), "ideal": "ABCD"[keys[i]]}
        | {"sampled": "ABCD"[best[i]], "correct": bool(best[i] == keys[i])}
        for i in range(len(keys))
    ]
    records = [{"type": "result", "data": line} for line in lines]
    records.append({"type": "metric", "data": {"accuracy": float((best == keys).mean()), "boostrap_std": 0.01}})
    return "".join(json.dumps(record) + "\n" for record in records)


def fetch(folder: Path, *datasets: mcq_bias.Dataset) -> None:
    """Fetch the made-up files of data sets from `folder`, as a first use does."""
    assert on_demand.fetch_sources([s for name in datasets for s in mcq_bias.sources(name)], mirror=folder) == []
