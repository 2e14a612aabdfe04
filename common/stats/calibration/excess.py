"""Excess calibration error of several predictors on the same questions, and contrasts between them.

The ECE of Kadavath et al. 2022 (appendix A) is positive for a perfectly calibrated predictor too, by an amount that
depends on how its probabilities are spread: the noise floor. So predictors are compared by excess, ECE less floor.

What is true of the population lies between the two. By Jensen's inequality a measured ECE is too large on average; an
excess is too small wherever the gaps of the bins are clear of their noise, which then averages out, and a whole floor
was taken from them. How much a measured ECE is too large depends on the true gaps, which are not known: by a whole
floor at most, where they are 0, and at least by what `least_bias` says. So an interval reaches from the excess, less
its spread, to the measured error less that least bias, plus its spread: centred on the excess it would call a predictor
calibrated that is not (docs/method.md has the rates of both). All are resampled on the same questions, which pairs
every contrast; since a resampled ECE is larger than the measured one, resamples give the spread only.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from scipy import optimize, stats

from common.arrays import Floats
from common.errors import InputError
from common.stats import intervals
from common.stats.calibration import binned, noise
from common.stats.calibration.noise import NoiseFloor
from common.stats.calibration.ties import Groups
from common.stats.estimates import Estimate, Interval

BINS = 10
FOLDED = stats.foldnorm
Cell = TypeVar("Cell", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Excess:
    """Calibration errors of predictors (cells) that answered the same questions; made by `measure`."""

    floors: dict[Hashable, NoiseFloor]
    """The measured ECE of each cell, and what perfect calibration would measure."""
    spread: dict[Hashable, Floats]
    """Resampled ECE less its mean, by cell, shape [resamples]; the same resamples for all."""
    questions: int

    def contrast(self, weights: Mapping[Hashable, float]) -> Estimate:
        """Weighted sum of the cells' excesses; weights that add up to 0 compare, to 1 average.

        The interval is for the same sum of calibration errors of the population: its lower end takes most bias from
        cells with a positive weight and least from those with a negative one, its upper end the reverse.

        Raises:
            InputError: a cell that was not measured.
        """
        if unknown := [cell for cell in weights if cell not in self.floors]:
            raise InputError(f"no calibration error was measured of {unknown[0]}")
        value = sum(weight * self.floors[cell].excess for cell, weight in weights.items())
        spread = np.sum([weight * self.spread[cell] for cell, weight in weights.items()], axis=0)
        name = f"{intervals.bootstrap_name(self.questions, len(spread), 'question')}, from most to least bias"
        around = intervals.from_draws(0.0, spread, self.questions, name)

        def interval(level: float) -> Interval:
            widest = {
                cell: weight * (self.floors[cell].mean - self._least_bias(cell, level))
                for cell, weight in weights.items()
            }
            low, high = around.interval(level)
            below, above = (sum(side(each, 0) for each in widest.values()) for side in (min, max))
            return value + below + low, value + above + high

        return Estimate(float(value), self.questions, name, interval, around.finest_p)

    def _least_bias(self, cell: Hashable, level: float) -> float:
        """That of the largest error which the cell's own interval holds: the larger the error, the less the bias."""
        floor, spread = self.floors[cell], self.spread[cell]
        high = intervals.from_draws(0.0, spread, self.questions, "").interval(level)[1]
        return least_bias(floor.measured + high, floor.mean)


def least_bias(expected: float, floor: float) -> float:
    """Least by which an ECE that is measured as `expected` on average exceeds the population's.

    The gap of a bin is measured with a normal error of standard deviation s, so its absolute value has the mean of a
    folded normal distribution. Among all true gaps that give the same population ECE, those in proportion to s are
    measured as least too large (the excess of a folded normal mean over |gap| is convex in |gap|, with a slope that
    depends on |gap| / s only). Then both errors are one number times the folded normal mean of c = |gap| / s, or c.

    Args:
        expected: what is measured on average.
        floor: what perfect calibration measures on average, sqrt(2 / pi) times the mean s.

    Returns:
        From 0 (far above the floor) to the floor (at it).
    """
    if expected <= floor or not floor:
        return min(expected, floor)
    noise = floor / FOLDED.mean(0)
    ratio = expected / noise
    gap = optimize.brentq(lambda c: FOLDED.mean(c) - max(ratio, FOLDED.mean(0)), 0, ratio + 1)
    return float(expected - gap * noise)


def measure(
    cells: Mapping[Cell, tuple[Floats, Floats]], rng: np.random.Generator, resamples: int, redraws: int
) -> Excess:
    """Measure the ECE of every cell, its noise floor, and how it varies with the questions.

    Args:
        cells: probabilities and outcomes (0 or 1) of each cell, shape [questions] each, in the same order of questions.
        rng: generator of redraws and resamples.
        resamples: bootstrap resamples of the questions.
        redraws: draws of the noise floor.

    Raises:
        InputError: no cells, cells of different lengths, and what `noise.noise_floor` refuses.
    """
    sizes = {len(p) for p, _ in cells.values()}
    if len(sizes) != 1:
        raise InputError(f"cells must answer the same questions, got {sorted(sizes)} of them")
    questions = sizes.pop()
    found = Excess({}, {}, questions)
    for cell, (p, c) in cells.items():
        found.floors[cell] = noise.noise_floor(_ece, p, c, rng, redraws)
    draws = _resampled(list(cells.values()), questions, rng, resamples)
    found.spread.update(zip(cells, (draws - draws.mean(axis=0)).T, strict=True))
    return found


def _ece(p: Floats, c: Floats) -> float:
    return binned.ece(p, c, BINS)


def _resampled(cells: list[tuple[Floats, Floats]], n: int, rng: np.random.Generator, resamples: int) -> Floats:
    """ECE of each cell on each resample of the questions, shape [resamples, cells]."""
    grouped = [(*np.unique(p, return_inverse=True), c) for p, c in cells]
    draws = np.empty((resamples, len(cells)))
    for r in range(resamples):
        weight = np.bincount(intervals.resample(n, 1, rng)[0], minlength=n).astype(np.float64)
        for k, (distinct, index, c) in enumerate(grouped):
            number, right = (np.bincount(index, w).astype(np.float64) for w in (weight, weight * c))
            draws[r, k] = np.abs(np.subtract(*binned.bin_means(Groups(distinct, number, right), BINS))).mean()
    return draws
