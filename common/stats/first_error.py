"""Locating the first wrong step of a solution: ProcessBench's scores and the floors that they must be read against.

Labels and predictions are indices of the earliest wrong step, -1 for "all steps are right" (Zheng et al. 2024,
ProcessBench, section 3).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class Scores:
    """F1 is the harmonic mean of the two accuracies, not of precision and recall."""

    f1: float
    error_accuracy: float
    """Share of the wrong solutions whose first wrong step was named exactly."""
    correct_accuracy: float
    """Share of the right solutions that were called right."""


def scores(labels: ArrayLike, predictions: ArrayLike) -> Scores:
    """Score predictions of shape [N]; an unparseable one counts as wrong and is given as NaN.

    Raises:
        ValueError: one of the two halves (label -1, label >= 0) is empty.
    """
    truth, said = np.asarray(labels), np.asarray(predictions, dtype=float)
    wrong = truth != -1
    if wrong.all() or not wrong.any():
        raise ValueError("F1 needs solutions with an error and solutions without one")
    hit = said == truth
    error, correct = float(hit[wrong].mean()), float(hit[~wrong].mean())
    return Scores(_harmonic(error, correct), error, correct)


def blind_floor(labels: ArrayLike) -> float:
    """The best F1 of a judge who reads nothing: it says -1 with some probability, else always the most frequent
    index.
    """
    truth = np.asarray(labels)
    errors = truth[truth != -1]
    best = np.unique(errors, return_counts=True)[1].max() / len(errors)
    shares = np.linspace(0, 1, 1001)
    return max(_harmonic(best * (1 - share), share) for share in shares)


def _harmonic(first: float, second: float) -> float:
    return 2 * first * second / (first + second) if first + second else 0.0
