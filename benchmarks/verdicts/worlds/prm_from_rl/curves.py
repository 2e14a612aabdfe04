"""Learning curves: how their increments correlate, and where two arms solve as much.

**Increments.** 31 checkpoints of six runs: the published means as a trend, and around it first-order autoregressive
noise of `Noise`, fitted to the published increments (outcome: standard deviation .011, autocorrelation -.22; coin: .003
and -.1). Noises of solving and judging correlate within a run. True values are expectations at 31 checkpoints.

**Equal solving.** Curves item by item: a run's latents (see `judges`) have a part that lasts and one that changes from
checkpoint to checkpoint, fitted to the published numbers of items that change between checkpoints 1, 5 and 10 apart.
On endless items both arms solve along their published trend, and what they judge is a function of what they solve, but
for the true lead of the outcome arm: F1 at equal solving on endless items.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import optimize, signal, stats

from benchmarks.verdicts.world import RESAMPLES, World, greater, world
from benchmarks.verdicts.worlds.prm_from_rl import judges
from benchmarks.verdicts.worlds.prm_from_rl.judges import ITEMS, SEEDS
from common.arrays import Floats
from common.stats.estimates import Found
from replications.prm_from_rl import curves, estimates, study
from replications.prm_from_rl.judging import Resampled
from replications.prm_from_rl.study import OUTCOME, RANDOM, REJECTION, Study

CHECKPOINTS = 31
PASSED = np.linspace(0, 1, CHECKPOINTS)
Values = dict[study.Key, np.ndarray]
SIMULATED = 3000
"""Studies that a correlation is solved with."""


@dataclass(frozen=True)
class Noise:
    """Curves of one arm: ends of the trend, and the noise around it."""

    solving: tuple[float, float]
    f1: tuple[float, float]
    sd: float
    lasting: float
    """Correlation of the noise of one checkpoint with that of the next."""


TRAINED = Noise((0.4425, 0.509), (0.643, 0.721), 0.0117, 0.56)
COIN = Noise((0.4425, 0.43), (0.643, 0.633), 0.005, 0.8)
COIN_TOGETHER = 0.1
"""Correlation of the noises in the control arm."""


def drawn(noise: Noise, together: float, rng: np.random.Generator, runs: int = SEEDS) -> tuple[Floats, Floats]:
    """Solving and judging of runs, [runs, checkpoints] each."""
    new = rng.standard_normal((2, runs, CHECKPOINTS))
    new[1] = together * new[0] + np.sqrt(1 - together**2) * new[1]
    new[..., 1:] *= np.sqrt(1 - noise.lasting**2)
    around = noise.sd * signal.lfilter([1], [1, -noise.lasting], new, axis=-1)
    around[..., 0] = 0  # the base, the same for all
    first, second = (low + (high - low) * PASSED for low, high in (noise.solving, noise.f1))
    return first + around[0], second + around[1]


@cache
def expected(noise: Noise, together: float) -> tuple[float, float]:
    """Correlation of increments within runs and its excess, means over many studies."""
    rng = np.random.default_rng(1)
    found = [curves.correlations(*drawn(noise, together, rng)) for _ in range(SIMULATED)]
    return float(np.mean([np.diag(one) for one in found])), float(np.mean([curves.excess(one) for one in found]))


@cache
def together_at(wanted: float, place: int) -> float:
    """Correlation of the noises that gives the outcome arm a correlation within runs (0) or an excess (1)."""
    return float(optimize.brentq(lambda r: expected(TRAINED, r)[place] - wanted, -0.9, 0.95, xtol=1e-3))


def answered(noise: Noise, together: float, arm: str, labels: Floats, rng: np.random.Generator) -> Values:
    """Curves of an arm as answers to items."""
    runs = enumerate(zip(*drawn(noise, together, rng), strict=True))
    return {key: row for seed, run in runs for key, row in rounded(*run, arm, seed, labels).items()}


def rounded(solving: Floats, f1: Floats, arm: str, seed: int, labels: Floats) -> Values:
    """The curves of a run, [checkpoints] each, as answers to items, so many of them right."""
    values: Values = {}
    half = ITEMS // 2
    for at in range(CHECKPOINTS):
        errors, corrects = (np.round(half * share) for share in halves(f1[at]))
        hit = np.arange(ITEMS) % half < np.where(labels >= 0, errors, corrects)
        values[arm, seed, at, "judge"] = judges.said(hit, labels)
        values[arm, seed, at, "solve"] = (np.arange(ITEMS) < np.round(ITEMS * solving[at])).astype(float)
    return values


def halves(f1: Floats) -> tuple[Floats, Floats]:
    """Accuracies on wrong and on right solutions that go with an F1, as published along the training."""
    error = f1 + 0.15
    return error, f1 * error / (2 * error - f1)


def _excess(truth: float, rng: np.random.Generator) -> Found:
    items, labels = judges.items(ITEMS, rng)
    values = answered(TRAINED, together_at(truth, 1), OUTCOME, labels, rng)
    return estimates.co_evolution(Study(items, values))["co-evolution"]


def _against_coin(truth: float, rng: np.random.Generator) -> Found:
    items, labels = judges.items(ITEMS, rng)
    within = expected(COIN, COIN_TOGETHER)[0] + truth
    values = answered(TRAINED, together_at(within, 0), OUTCOME, labels, rng)
    values |= answered(COIN, COIN_TOGETHER, RANDOM, labels, rng)
    return estimates.co_evolution(Study(items, values))["co-evolution-control"]


@dataclass(frozen=True)
class Path:
    """An arm item by item: what it solves on endless items, and how its latents change."""

    solving: tuple[float, ...]
    loading: float
    """Of the latents' common part, which is all that two runs share, of one arm or of two."""
    lasting: float
    """Share of a run's own part that lasts."""
    kept: float
    """Correlation of the rest with that of the next checkpoint."""

    def hits(self, base: Floats, bars: Floats, rng: np.random.Generator) -> np.ndarray:
        """[runs, checkpoints, items] whether latents lie below thresholds [checkpoints, items]."""
        shape = (SEEDS, CHECKPOINTS, len(base))
        new = rng.standard_normal(shape)
        new[:, 1:] *= np.sqrt(1 - self.kept**2)
        changing = signal.lfilter([1], [1, -self.kept], new, axis=1)
        own = np.sqrt(self.lasting) * rng.standard_normal((SEEDS, 1, len(base))) + np.sqrt(1 - self.lasting) * changing
        return np.asarray(self.loading * base + np.sqrt(1 - self.loading**2) * own < bars)


AT = np.arange(CHECKPOINTS)
REINFORCED = Path(tuple(0.4425 + 0.0667 * PASSED**0.9), 0.97, 0.55, 0.7)
REJECTING = Path(tuple(0.4425 + 0.055 * (1 - np.exp(-AT / 3)) + 0.0012 * AT), 0.95, 0.65, 0.5)


def judging_at(solving: Floats) -> Floats:
    """F1 that goes with a share solved."""
    return np.asarray(0.643 + 1.15 * (solving - 0.4425))


def side_by_side(truth: float, rng: np.random.Generator) -> Study:
    """Outcome and rejection runs at all checkpoints."""
    items, labels = judges.items(ITEMS, rng)
    of_judging, of_solving = rng.standard_normal((2, ITEMS))
    values: Values = {}
    for arm, path, lead in ((OUTCOME, REINFORCED, truth), (REJECTION, REJECTING, 0.0)):
        share = np.array(path.solving)
        error, correct = (stats.norm.ppf(half)[:, None] for half in halves(judging_at(share) + lead))
        solved = path.hits(of_solving, stats.norm.ppf(share)[:, None], rng)
        hit = path.hits(of_judging, np.where(labels >= 0, error, correct), rng)
        for seed in range(SEEDS):
            for at in range(CHECKPOINTS):
                values[arm, seed, at, "solve"] = solved[seed, at].astype(float)
                values[arm, seed, at, "judge"] = judges.said(hit[seed, at], labels)
    return Study(items, values)


def _equal(truth: float, rng: np.random.Generator) -> Found:
    made = side_by_side(truth, rng)
    return estimates.over_seeds(made, Resampled(made.items, rng, RESAMPLES))["outcome-beats-rejection"]


WORLDS: list[World] = [
    world(
        "seeds at equal solving",
        "400 items, 31 checkpoints, 6 runs against 6",
        12,
        greater(0),
        (0.0, 0.02, 0.04),
        _equal,
    ),
    world("co-evolution", "6 runs, 31 checkpoints", 6, greater(0), (0.0, 0.2, 0.4), _excess),
    world(
        "co-evolution against a control",
        "6 runs against 6, 31 checkpoints",
        12,
        greater(0),
        (0.0, 0.2, 0.4),
        _against_coin,
    ),
]
