"""Scores of probabilities against what happened: Brier score and its parts, log score, AUROC, accuracy where p is high.

The Brier score of a hard and of an easy task cannot be compared: a model that always says the base rate b gets
b (1 - b), near 0 where almost nothing is right. So the reference, the skill against it and the
decomposition are here beside the score. Outcomes must be 0 or 1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from sklearn import metrics

from common.arrays import Floats
from common.stats.calibration import check
from common.stats.calibration.ties import groups

CLIP = 1e-7
"""Probabilities are moved to at least this far from 0 and 1 before logarithms: about what float32 tells from 1."""


@dataclass(frozen=True, slots=True)
class BrierParts:
    """Brier score = reliability - resolution + uncertainty + within_variance - within_covariance."""

    reliability: float
    """Mean squared gap between mean probability and fraction right of a bin: 0 is calibrated."""
    resolution: float
    """Mean squared distance of the bins' fractions right from the base rate: larger is better."""
    uncertainty: float
    """b (1 - b) at base rate b: the score of always saying b."""
    within_variance: float
    """Variance of the probabilities within bins; 0 where bins are the distinct probabilities."""
    within_covariance: float
    """Twice the covariance of probabilities and outcomes within bins."""


@dataclass(frozen=True, slots=True)
class ConditionalAccuracy:
    """Accuracy of the rows with probability above a threshold, beside that of all rows."""

    base: float
    above: float | None
    """None where no row is above the threshold."""
    n: int
    n_above: int


def brier(p: ArrayLike, c: ArrayLike) -> float:
    """Mean of (p - c)^2, in [0, 1]; always saying 0.5 gives 0.25. Brier 1950; p and c of shape [n].

    Raises:
        InputError: empty, lengths that differ, probabilities outside [0, 1], outcomes other than 0 and 1.
    """
    return float(squared_errors(*check.with_outcomes(p, c)).mean())


def base_rate_brier(c: ArrayLike) -> float:
    """The Brier score b (1 - b) of always saying the base rate b of the outcomes c, shape [n]."""
    base = float(check.outcomes(c).mean())
    return base * (1 - base)


def brier_skill(p: ArrayLike, c: ArrayLike) -> float:
    """1 - Brier score / base-rate Brier score: 1 is perfect, 0 as good as the base rate, below 0 worse.

    Raises:
        InputError: as `brier`, or all outcomes equal.
    """
    p, c = check.with_outcomes(p, c)
    check.both_classes(c, "Brier skill")
    return 1 - brier(p, c) / base_rate_brier(c)


def brier_decomposition(p: ArrayLike, c: ArrayLike, bins: int | None = None) -> BrierParts:
    """The Brier score's parts: Murphy's three, and the two that bins add.

    Murphy 1973 (J. Appl. Meteorol. 12, 595), with bins Stephenson et al. 2008 (Weather Forecast. 23, 752,
    doi 10.1175/2007WAF2006116.1). The sum equals the score to rounding.

    Args:
        p: probabilities, shape [n].
        c: outcomes, shape [n].
        bins: equal-count bins (see `ties`); by default rows are grouped by distinct probability. Without
            repeated probabilities that leaves one row a group, where reliability is the score itself.

    Raises:
        InputError: as `brier`, or fewer rows than bins.
    """
    p, c = check.with_outcomes(p, c)
    rows, base = groups(p, c), float(c.mean())
    columns = [rows.count, rows.count * rows.p, rows.right, rows.count * rows.p**2, rows.right * rows.p]
    if bins is not None:
        check.enough_for(bins, len(p))
        columns = rows.sums(bins, *columns)
    count, sum_p, right, sum_p2, sum_pc = columns
    mean_p, fraction = sum_p / count, right / count
    return BrierParts(
        reliability=float((count * (mean_p - fraction) ** 2).sum() / len(p)),
        resolution=float((count * (fraction - base) ** 2).sum() / len(p)),
        uncertainty=base * (1 - base),
        within_variance=float((sum_p2 - sum_p * mean_p).sum() / len(p)),
        within_covariance=2 * float((sum_pc - right * mean_p).sum() / len(p)),
    )


def log_score(p: ArrayLike, c: ArrayLike) -> float:
    """Mean of -ln(probability given to what happened), in nats; always saying 0.5 gives 0.693.

    Probabilities are clipped to [1e-7, 1 - 1e-7] first, so one row costs at most 16.1 nats. Raises as `brier`.
    """
    return float(surprises(*check.with_outcomes(p, c)).mean())


def auroc(p: ArrayLike, c: ArrayLike) -> float:
    """Chance that a row that came true has a higher probability than one that did not, ties counting half.

    Raises:
        InputError: as `brier`, or all outcomes equal.
    """
    p, c = check.with_outcomes(p, c)
    check.both_classes(c, "AUROC")
    return float(metrics.roc_auc_score(c, p))


def conditional_accuracy(p: ArrayLike, c: ArrayLike, threshold: float = 0.5) -> ConditionalAccuracy:
    """Fraction right among the rows with p > threshold, strictly (Kadavath et al. 2022, section 4).

    Raises:
        InputError: as `brier`.
    """
    p, c = check.with_outcomes(p, c)
    above = c[p > threshold]
    return ConditionalAccuracy(float(c.mean()), float(above.mean()) if len(above) else None, len(c), len(above))


def squared_errors(p: Floats, c: Floats) -> Floats:
    """Brier score of each row."""
    return (p - c) ** 2


def surprises(p: Floats, c: Floats) -> Floats:
    """Log score of each row, in nats, clipped as in `log_score`."""
    given = np.where(c == 1, p, 1 - p)
    return np.asarray(-np.log(np.clip(given, CLIP, 1 - CLIP)))
