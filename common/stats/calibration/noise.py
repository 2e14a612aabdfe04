"""How much calibration error is noise: the measure's distribution for a perfectly calibrated predictor.

Outcomes are drawn anew as Bernoulli(p) with the probabilities held fixed, and measured the same way (Bröcker and
Smith 2007, "consistency resampling", doi 10.1175/WAF993.1). Calibration errors are means of absolute values,
so finite samples push them up: over 10 bins of 200 rows by some 0.02.

Rows are drawn independently, given p, also where several belong to one question. If a question's rows come out
right or wrong together beyond what their probabilities say, real noise is larger than this floor and the p-value too
small: keep one row a question for the test. The rows of `options.all_options` are dependent by construction
and have no place here; those of `options.top_label` do (a split tie makes the floor slightly too high).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from common.arrays import Floats
from common.errors import InputError
from common.stats.calibration import check


@dataclass(frozen=True, slots=True)
class NoiseFloor:
    """A measured calibration error beside those of a perfectly calibrated predictor with the same probabilities."""

    measured: float
    draws: Floats
    """The measure on redrawn outcomes, shape [resamples]."""

    @property
    def mean(self) -> float:
        """The floor: what perfect calibration measures on average."""
        return float(self.draws.mean())

    @property
    def excess(self) -> float:
        """Measured minus floor: about 0 if calibrated, and may be negative.

        Evidence of miscalibration rather than its size: where the true gap of every bin is far above its noise, the
        noise averages out, and the measured error is nearer to the truth than the excess, which is one floor too low.
        """
        return self.measured - self.mean

    @property
    def p_value(self) -> float:
        """Chance that a calibrated predictor measures this much or more: (1 + draws as large) / (1 + draws)."""
        as_large = self.draws >= self.measured - 1e-12  # rounding must not break ties
        return float((1 + as_large.sum()) / (1 + len(self.draws)))

    def quantile(self, q: float) -> float:
        """Quantile of the draws, q in [0, 1]."""
        return float(np.quantile(self.draws, q))


def noise_floor(
    measure: Callable[[Floats, Floats], float],
    p: ArrayLike,
    c: ArrayLike,
    rng: np.random.Generator,
    resamples: int = 1000,
) -> NoiseFloor:
    """Measure the data and `resamples` redraws of its outcomes.

    Args:
        measure: (p, c) -> number, such as `binned.ece`, `binned.rms_calibration_error` or `smooth.smooth_ece`.
        p: probabilities, shape [n]; for multiple choice those of the top prediction.
        c: outcomes, shape [n].
        rng: generator of the redraws.
        resamples: number of redraws, at least 1.

    Raises:
        InputError: no resamples, empty, lengths that differ, values outside [0, 1], and what `measure` refuses.
    """
    p, c = check.with_shares(p, c)
    if resamples < 1:
        raise InputError(f"a noise floor needs at least 1 resample, got {resamples}")
    measured = float(measure(p, c))
    draws = [measure(p, (rng.random(len(p)) < p).astype(np.float64)) for _ in range(resamples)]
    return NoiseFloor(measured, np.array(draws, dtype=np.float64))
