"""Runs of an arm that solve and judge the same items, [runs, items] right or wrong each.

A run gets an item right where a normal latent of unit variance lies below its threshold. The latent is in part that of
the base (its square root is `loading`), in part the arm's (two runs correlate by `alike` in all), the rest is the run's
own. Runs of an arm may differ in skill too: thresholds vary by `spread`.

Fitted to the published runs: accuracies of every arm; loadings and likenesses are tetrachoric correlations of runs (to
.01); what runs of one arm differ by is explained by their own items alone, but for rejection runs and PRM heads.
"""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from scipy import optimize, stats

from common.arrays import Floats
from lab.arithmetic import Chain
from replications.prm_from_rl import judging
from replications.prm_from_rl.items import SteppedSolution, problems

ITEMS = 400
"""Judging items, half of them wrong, and as many problems to solve."""
SEEDS = 6
LUCKY = 0.1
"""Wrong solutions whose answer is right."""
EARLY = 1.3
"""First errors come early: at the length times a uniform number to this power."""
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
NORM = WEIGHTS.sum()


@dataclass(frozen=True)
class Arm:
    """What the runs of an arm do on average, and how alike they are."""

    error: float
    """Accuracy on wrong solutions; where problems are solved, the share solved."""
    correct: float = 0.0
    """Accuracy on right solutions."""
    loading: float = 1.0
    alike: float = 1.0
    spread: float = 0.0

    @property
    def thresholds(self) -> Floats:
        """[2] of a run of middling skill, such that runs have these accuracies on average."""
        return np.asarray(stats.norm.ppf([self.error, self.correct]) * np.sqrt(1 + self.spread**2))


BASE = Arm(0.805, 0.535)
OUTCOME = Arm(0.859, 0.622, 0.92, 0.93)
FORMAT = Arm(0.799, 0.528, 0.995, 0.997)
REJECTION = Arm(0.836, 0.589, 0.88, 0.91, 0.09)
HEADS = Arm(0.295, 0.72, 0.0, 0.2, 0.5)
SOLVING = Arm(0.509, loading=0.935, alike=0.96)
SOLVING_FORMAT = Arm(0.442, loading=0.985, alike=0.988)
SOLVING_BASE = Arm(0.4425)


def f1(arm: Arm, shift: float = 0.0) -> float:
    """F1 of an arm's runs on endless items, mean over endless runs, after a shift of all thresholds."""
    skills = arm.thresholds[:, None] + shift + arm.spread * NODES
    return float(judging.f1(*stats.norm.cdf(skills)) @ WEIGHTS / NORM)


@cache
def at_f1(arm: Arm, wanted: float) -> Arm:
    """The arm shifted to an F1."""
    shift = optimize.brentq(lambda by: f1(arm, by) - wanted, -4, 4)
    error, correct = stats.norm.cdf((arm.thresholds + shift) / np.sqrt(1 + arm.spread**2))
    return replace(arm, error=float(error), correct=float(correct))


def latents(arm: Arm, base: Floats, runs: int, rng: np.random.Generator) -> Floats:
    """[runs, items] of unit variance, given those of the base [items]."""
    own, arms = rng.standard_normal((runs, len(base))), rng.standard_normal(len(base))
    shared = arm.loading * base + np.sqrt(max(arm.alike - arm.loading**2, 0)) * arms
    return np.asarray(shared + np.sqrt(1 - max(arm.alike, arm.loading**2)) * own)


def judged(arm: Arm, base: Floats, labels: Floats, runs: int, rng: np.random.Generator) -> Floats:
    """[runs, items] indices that are named: the label, or another one."""
    skills = arm.spread * rng.standard_normal((runs, 1))
    bars = np.where(labels >= 0, *arm.thresholds) + skills
    return said(latents(arm, base, runs, rng) < bars, labels)


def solved(arm: Arm, base: Floats, runs: int, rng: np.random.Generator) -> Floats:
    """[runs, items] 1 where a problem is solved."""
    return np.asarray(latents(arm, base, runs, rng) < arm.thresholds[0], dtype=float)


def said(hit: np.ndarray, labels: Floats) -> Floats:
    """Indices by whether they are right: a miss clears a wrong solution, and blames the first step of a right one."""
    return np.where(hit, labels, np.where(labels >= 0, -1.0, 0.0))


def items(n: int, rng: np.random.Generator) -> tuple[list[SteppedSolution], Floats]:
    """Judging items, half of them wrong, and their labels."""
    chains = [inventory()[row] for row in rng.choice(len(inventory()), n, replace=False)]
    lengths = np.array([len(chain.operations) for chain in chains])
    labels = np.where(np.arange(n) < n // 2, np.floor(lengths * rng.random(n) ** EARLY), -1).astype(int)
    right = (labels == -1) | (rng.random(n) < LUCKY)
    rows = zip(chains, lengths, labels, right, strict=True)
    return [
        SteppedSolution("", "", "", str(chain), ("",) * length, int(label), bool(fine))
        for chain, length, label, fine in rows
    ], labels.astype(float)


@cache
def inventory() -> list[Chain]:
    """Problems that items are drawn from."""
    return problems("test", 4000, 9)


@cache
def answers_only() -> float:
    """F1, on endless items, of a judge who knows whether the answer is right, and else names the first step."""
    lengths = np.array([len(chain.operations) for chain in inventory()])
    return float(judging.f1((1 - LUCKY) * (lengths ** (-1 / EARLY)).mean(), 1.0))
