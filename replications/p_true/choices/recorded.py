"""The recorded option probabilities as tables: the same questions for every model, and the letter each would choose."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from common.arrays import Floats, Ints
from common.datasets import mcq_bias
from common.datasets.mcq_bias import MODELS, SHOTS, Dataset
from common.errors import InputError
from common.stats.calibration import options

NAMES: dict[Dataset, str] = {"arc": "ARC-Challenge", "mmlu": "MMLU"}

SIZES = {
    "LLaMA": {"llama-7b": 7, "llama-13b": 13, "llama-30b": 30, "llama-65b": 65},
    "Llama-2": {"Llama-2-7b-hf": 7, "Llama-2-13b-hf": 13, "Llama-2-70b-hf": 70},
    "Llama-2-chat": {"Llama-2-7b-chat-hf": 7, "Llama-2-13b-chat-hf": 13, "Llama-2-70b-chat-hf": 70},
}
"""Nominal sizes in billions of parameters, by family and model."""
BASE = [*SIZES["LLaMA"], *SIZES["Llama-2"]]
CHAT = list(SIZES["Llama-2-chat"])

Tops = dict[Hashable, tuple[Floats, Floats]]
"""By (model, shots): probability of the likeliest letter, and whether it is right (0 or 1), shape [questions] each."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One data set as all models answered it."""

    dataset: Dataset
    questions: tuple[str, ...]
    keys: Ints
    """Index of the right option, shape [questions]."""
    probabilities: dict[tuple[str, int], Floats]
    """By model and shots, shape [questions, 4], rows adding up to 1."""


def read(dataset: Dataset) -> Recorded:
    """A data set as all models answered it.

    Raises:
        InputError: files are not here, not as pinned, contradict themselves, or hold other questions for one model.
    """
    mcq_bias.require(dataset)
    questions: tuple[str, ...] = ()
    keys: Ints = np.array([], dtype=np.int64)
    probabilities = {}
    for model, shots in ((model, shots) for model in MODELS for shots in SHOTS):
        answers = mcq_bias.load(dataset, model, shots)
        theirs = tuple(answer.question for answer in answers)
        right = np.array([answer.key for answer in answers], dtype=np.int64)
        questions, keys = questions or theirs, keys if len(keys) else right
        if theirs != questions or not np.array_equal(right, keys):
            raise InputError(f"{dataset}: {model} with {shots} shots was asked other questions than {MODELS[0]}")
        probabilities[model, int(shots)] = np.array([answer.probabilities for answer in answers])
    return Recorded(dataset, questions, keys, probabilities)


def fair_top(probabilities: Floats, keys: Ints, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Probability of the likeliest option and whether it is right, ties broken at random; shape [questions] each."""
    p, share = options.top_label(probabilities, keys)
    return p, (rng.random(len(share)) < share).astype(np.float64)


def ties(probabilities: Floats) -> int:
    """Questions whose likeliest options are equally likely."""
    return int(((probabilities == probabilities.max(axis=1, keepdims=True)).sum(axis=1) > 1).sum())
