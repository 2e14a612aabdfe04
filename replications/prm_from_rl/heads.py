"""Process reward models of the lab: heads trained on step labels, and the same with labels that say nothing.

Each learns from labelled solutions of taught problems, half right and half with a random corruption, on a copy of the
base whose weights are all trained. Shuffled heads learn from the same solutions, each with the label of another one of
the same length.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from common.datasets.splits import Split
from common.stats import first_error
from common.training import prm
from common.training.heads import Head, Settings
from common.training.states import Backbone
from lab import arithmetic, formats
from lab.arithmetic import Chain, chain_of
from replications.prm_from_rl import pools
from replications.prm_from_rl.items import SteppedSolution, problems, steps_of

SETTINGS = Settings(backbone="full", batch_size=64, learning_rate=1e-3, epochs=8, held_out=0.1, patience=4)
THRESHOLDS = np.linspace(0.05, 0.95, 19)
DEV = 400
"""Dev solutions on which a head's threshold is chosen."""
WORST = -1.0
"""Score of a sample without readable steps."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one head said."""

    judge: list[int]
    """Predictions for the judging items."""
    threshold: float
    """That they were made with."""
    scores: list[float]
    """Of every sample: the probability at its weakest step."""


def said(
    base: str,
    count: int,
    seed: int,
    items: Sequence[SteppedSolution],
    chains: Sequence[Chain],
    frame: pd.DataFrame,
    *,
    shuffled: bool,
) -> Said:
    """Train a head, and ask it about the judging items and the sampled solutions.

    Args:
        base: folder of the model that the head begins with.
        count: labelled solutions that it learns from.
        seed: of solutions, labels and training.
        items: to judge.
        chains: problems of the samples.
        frame: samples, with `problem` and `text`.
        shuffled: whether its labels say nothing.
    """
    head = trained(base, count, seed, shuffled=shuffled)
    threshold = best_threshold(head, seed)
    solutions = [solution(chain_of(item.problem), steps_of(item)) for item in items]
    found = predictions(prm.step_probabilities(head, solutions), threshold)
    return Said(found.astype(int).tolist(), threshold, score(head, chains, frame).tolist())


def score(head: Head, chains: Sequence[Chain], frame: pd.DataFrame) -> np.ndarray:
    """[rows] probability at the weakest step of each sampled solution, `WORST` where it has no readable steps."""
    solutions = pools.distinct(chains, frame)
    rows = [solution(chain_of(item.problem), steps_of(item)) for item in solutions.values()]
    given = [prm.score(found, "min") for found in prm.step_probabilities(head, rows)]
    by_text = dict(zip(solutions, given, strict=True))
    keys = zip(frame["problem"], frame["text"], strict=True)
    return np.array([by_text.get(key, WORST) for key in keys], dtype=np.float32)


def trained(base: str, count: int, seed: int, *, shuffled: bool) -> Head:
    """A head of one seed."""
    rng = np.random.default_rng([seed, 25])
    solutions, labels = labelled("taught", count, seed)
    if shuffled:
        labels = shuffle(solutions, labels, rng)
    return prm.fit(Backbone(base), solutions, labels, SETTINGS, rng)


def labelled(split: Split, count: int, seed: int) -> tuple[list[prm.Solution], list[int]]:
    """Solutions of one split, five right ones and five corrupted in turn, and their first errors."""
    rng = np.random.default_rng([seed, 26])
    solutions, labels = [], []
    for number, chain in enumerate(problems(split, count, 200 + seed)):
        steps = arithmetic.corrupt(chain, rng) if number // 5 % 2 else arithmetic.solve(chain)
        solutions.append(solution(chain, steps))
        labels.append(arithmetic.first_error(chain, steps))
    return solutions, labels


def shuffle(solutions: Sequence[prm.Solution], labels: Sequence[int], rng: np.random.Generator) -> list[int]:
    """Each solution gets the label of another one with as many steps."""
    lengths = np.array([len(one.steps) for one in solutions])
    given = np.array(labels)
    for length in np.unique(lengths):
        given[lengths == length] = rng.permutation(given[lengths == length])
    return [int(label) for label in given]


def solution(chain: Chain, steps: Sequence[arithmetic.Step]) -> prm.Solution:
    """A solution as a head reads it: in the words of the lab's solutions."""
    return prm.Solution(formats.solution(chain).prompt, tuple(f" {step};" for step in steps))


def best_threshold(head: Head, seed: int) -> float:
    """The threshold with the best F1 on dev solutions."""
    solutions, labels = labelled("dev", DEV, 1000 + seed)
    found = prm.step_probabilities(head, solutions)
    scores = [first_error.scores(labels, predictions(found, threshold)).f1 for threshold in THRESHOLDS]
    return float(THRESHOLDS[np.argmax(scores)])


def predictions(probabilities: Sequence[np.ndarray], threshold: float) -> np.ndarray:
    """[N] index of each solution's first step below the threshold, -1 if there is none."""
    return np.array([prm.first_error(row, threshold) for row in probabilities], dtype=float)
