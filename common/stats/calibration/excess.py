"""Excess calibration error of several predictors on the same questions, and contrasts between them.

The ECE of Kadavath et al. 2022 (appendix A) is positive for a perfectly calibrated predictor too, by an amount that
depends on how its probabilities are spread: the noise floor. So predictors are compared by excess, ECE less floor.

What is true of the population lies between the two. By Jensen's inequality a measured ECE is too large on average; an
excess is too small wherever the gaps of the bins are clear of their noise, which then averages out, and a whole floor
was taken from them. So an interval reaches from the excess, less its spread, to the measured error, plus its spread:
centred on the excess it would call a predictor calibrated that is not (docs/method.md has the rates of both). All
are resampled on the same questions, which pairs every contrast; since a resampled ECE is larger than the measured one,
resamples give the spread only.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from common.arrays import Floats
from common.errors import InputError
from common.stats import intervals
from common.stats.calibration import binned, noise
from common.stats.calibration.noise import NoiseFloor
from common.stats.calibration.ties import Groups
from common.stats.estimates import Estimate

BINS = 10
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

        The interval is for the same sum of calibration errors of the population: its lower end starts from excesses of
        cells with a positive weight and measured errors of those with a negative one, its upper end from the reverse.

        Raises:
            InputError: a cell that was not measured.
        """
        if unknown := [cell for cell in weights if cell not in self.floors]:
            raise InputError(f"no calibration error was measured of {unknown[0]}")
        value = sum(weight * self.floors[cell].excess for cell, weight in weights.items())
        floors = {cell: weight * self.floors[cell].mean for cell, weight in weights.items()}
        least = value + sum(floor for floor in floors.values() if floor < 0)
        most = value + sum(floor for floor in floors.values() if floor > 0)
        spread = np.sum([weight * self.spread[cell] for cell, weight in weights.items()], axis=0)
        name = f"{intervals.bootstrap_name(self.questions, len(spread), 'question')}, from excess to measured error"
        return intervals.from_bounds(value, least, most, spread, self.questions, name)


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
