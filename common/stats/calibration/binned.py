"""Calibration errors and reliability curves from bins.

Kadavath et al. 2022 (arXiv 2207.05221, appendix A) use 10 bins of equal count and weigh them equally; most other
work uses bins of equal width weighted by their counts (Guo et al. 2017, arXiv 1706.04599). The two differ
wherever probabilities pile up, so both are here. Rows of equal probability are never told apart
(see `ties`). Outcomes may be shares in [0, 1], as `options.top_label` gives where options tie.

All of these are positive for a perfectly calibrated predictor too: read them beside `noise`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from common.arrays import Floats
from common.stats.calibration import check
from common.stats.calibration.ties import Groups, groups


@dataclass(frozen=True, slots=True)
class ReliabilityCurve:
    """One point a bin, in ascending order of probability; every array of shape [bins]."""

    mean_p: Floats
    right: Floats
    """Fraction that came true."""
    count: Floats
    """Rows in the bin, n / bins: no whole number where bins do not divide n."""
    low: Floats
    """Lower end of the 95% Wilson interval of the fraction, for independent rows."""
    high: Floats


def ece(p: ArrayLike, c: ArrayLike, bins: int = 10) -> float:
    """Expected calibration error: mean over equal-count bins of |mean p - fraction right|.

    Kadavath et al. 2022, appendix A. For multiple choice they take the top prediction of each question alone
    (`options.top_label`), unlike for the chart.

    Args:
        p: probabilities, shape [n].
        c: outcomes, shape [n].
        bins: number of bins, each of n / bins rows.

    Raises:
        InputError: fewer rows than bins, probabilities or outcomes outside [0, 1], lengths that differ.
    """
    mean_p, right = _equal_count(p, c, bins)
    return float(np.abs(mean_p - right).mean())


def rms_calibration_error(p: ArrayLike, c: ArrayLike, bins: int = 10) -> float:
    """Root of the mean squared gap over the bins of `ece` (Kadavath et al. 2022, appendix A); same arguments."""
    mean_p, right = _equal_count(p, c, bins)
    return float(np.sqrt(((mean_p - right) ** 2).mean()))


def equal_width_ece(p: ArrayLike, c: ArrayLike, bins: int = 10) -> float:
    """The conventional ECE: |mean p - fraction right| over bins of equal width, weighted by their counts.

    Bin i holds i / bins <= p < (i + 1) / bins, the last one p = 1 as well; empty bins count nothing.
    Guo et al. 2017, equation 3, there with bins closed on the right.

    Args:
        p: probabilities, shape [n].
        c: outcomes, shape [n].
        bins: number of bins, at least 1; more bins than rows are allowed.

    Raises:
        InputError: no bins, probabilities or outcomes outside [0, 1], lengths that differ.
    """
    p, c = check.with_shares(p, c)
    check.enough_for(bins, max(len(p), bins))
    index = np.searchsorted(np.arange(1, bins) / bins, p, side="right")
    return float(np.abs(np.bincount(index, weights=p - c)).sum() / len(p))


def reliability_curve(p: ArrayLike, c: ArrayLike, bins: int = 10) -> ReliabilityCurve:
    """Mean probability against fraction right, by equal-count bin.

    Kadavath et al. 2022, appendix A; for multiple choice their charts pool all options (`options.all_options`).
    The intervals take rows for independent: with several rows a question they are too narrow.

    Args, Raises: as `ece`.
    """
    mean_p, right = _equal_count(p, c, bins)
    count = np.full(bins, np.size(p) / bins)
    low, high = _wilson(right, count)
    return ReliabilityCurve(mean_p, right, count, low, high)


def bin_means(rows: Groups, bins: int) -> tuple[Floats, Floats]:
    """Mean probability and fraction right of each equal-count bin, shape [bins] each."""
    sum_p, right = rows.sums(bins, rows.count * rows.p, rows.right)
    count = rows.count.sum() / bins
    return sum_p / count, right / count


def _equal_count(p: ArrayLike, c: ArrayLike, bins: int) -> tuple[Floats, Floats]:
    p, c = check.with_shares(p, c)
    check.enough_for(bins, len(p))
    return bin_means(groups(p, c), bins)


def _wilson(right: Floats, count: Floats) -> tuple[Floats, Floats]:
    """95% Wilson score interval, by formula since a share of a tie makes the number right no whole number."""
    z2 = float(stats.norm.ppf(0.975)) ** 2
    right = np.clip(right, 0, 1)  # rounding
    centre = right + z2 / (2 * count)
    half = np.sqrt(z2 * (right * (1 - right) + z2 / (4 * count)) / count)
    return np.maximum((centre - half) / (1 + z2 / count), 0), np.minimum((centre + half) / (1 + z2 / count), 1)
