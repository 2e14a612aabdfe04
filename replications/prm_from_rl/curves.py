"""How solving and judging move together while a model is trained.

Two rising curves always correlate, and the increments of two learning curves do so too where both rise fastest in the
beginning. So increments within a run are compared with increments across runs of the same arm, which share the trend
and nothing else. The lagged correlations are a description: no rule judges them.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from common.arrays import Floats
from common.stats import intervals
from replications.prm_from_rl import judging
from replications.prm_from_rl.study import Study

LAGS = range(-5, 6)
FEWEST = 30
"""Checkpoints from which on lags are shown."""
NO_LAGS = pd.DataFrame(columns=["lag", "within", "within_low", "within_high", "across"])


@dataclass(frozen=True)
class Curves:
    """Curves of one arm: [seeds, checkpoints] each."""

    steps: list[int]
    solving: Floats
    f1: Floats
    error: Floats
    """Accuracy on wrong solutions."""
    correct: Floats
    """Accuracy on right solutions."""


def of(study: Study, arm: str) -> Curves | None:
    """The curves of an arm, None if it has fewer than two checkpoints."""
    seeds = study.seeds(arm)
    steps = study.steps(arm, seeds[0]) if seeds else []
    if len(steps) < 2:
        return None
    labels = np.array([item.label for item in study.items])
    wrong = labels != -1
    said = np.array([[study.value(arm, seed, step) for step in steps] for seed in seeds])
    hit = said == labels
    error, correct = hit[:, :, wrong].mean(axis=2), hit[:, :, ~wrong].mean(axis=2)
    solving = np.array([[study.value(arm, seed, step, "solve").mean() for step in steps] for seed in seeds])
    return Curves(steps, solving, judging.f1(error, correct), error, correct)


def table(study: Study, arms: list[str]) -> pd.DataFrame:
    """All curves, one row a run and checkpoint."""
    names, rows = ["solving", "f1", "error", "correct"], []
    for arm in arms:
        if curves := of(study, arm):
            for place, seed in enumerate(study.seeds(arm)):
                for at, step in enumerate(curves.steps):
                    rows.append((arm, seed, step, *(float(getattr(curves, name)[place, at]) for name in names)))
    return pd.DataFrame(rows, columns=["arm", "seed", "step", *names])


def correlations(first: Floats, second: Floats, lag: int = 0) -> Floats:
    """[seeds, seeds] correlation of the increments of two kinds of curves [seeds, checkpoints].

    Entry i, j: increments of the first kind in run i with those of the second in run j, `lag` checkpoints later. NaN
    where a curve does not move.
    """
    a, b = np.diff(first, axis=1), np.diff(second, axis=1)
    count = a.shape[1] - abs(lag)
    a, b = (a[:, :count], b[:, lag:]) if lag >= 0 else (a[:, -lag:], b[:, :count])
    a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    scale = np.sqrt((a**2).sum(axis=1))[:, None] * np.sqrt((b**2).sum(axis=1))[None]
    found: Floats = np.divide(a @ b.T, scale, out=np.full(scale.shape, np.nan), where=scale > 1e-12)
    return found


def excess(matrix: Floats) -> Floats:
    """[seeds] correlation within a run less the mean correlation of its first curve with the other runs' second."""
    count = len(matrix)
    own = np.diag(matrix)
    return np.asarray(own - (matrix.sum(axis=1) - own) / (count - 1))


def lags(curves: Curves) -> pd.DataFrame:
    """Mean correlation of increments by lag, within runs and across them; empty with fewer than thirty checkpoints.

    A positive lag: judging follows solving.
    """
    if len(curves.steps) < FEWEST or len(curves.f1) < 2:
        return NO_LAGS
    rows = []
    for lag in LAGS:
        matrix = correlations(curves.solving, curves.f1, lag)
        if np.isnan(matrix).any():
            return NO_LAGS
        own = intervals.mean(np.diag(matrix))
        across = (matrix.sum() - np.trace(matrix)) / (matrix.size - len(matrix))
        rows.append({"lag": lag, **own.columns("within"), "across": across})
    return pd.DataFrame(rows, columns=NO_LAGS.columns)
