"""Bootstrap resamples as weights of the units: row 0 is the data, the other rows are resamples of them.

A statistic of weighted units thus covers the data and all their resamples in a few array operations, and whatever is
computed with the same weights is paired. Where units come in clusters, weigh the clusters' sums.
"""

import numpy as np

from common.arrays import Floats
from common.stats import intervals
from common.stats.estimates import Estimate


def resample_weights(n: int, resamples: int, rng: np.random.Generator, groups: tuple[int, ...] = ()) -> Floats:
    """Ones, then how often a resample draws each unit: [resamples + 1, *groups, n].

    With `groups`, as many groups of n units each are drawn independently.
    """
    drawn = rng.multinomial(n, np.full(n, 1 / n), size=(resamples, *groups))
    return np.concatenate([np.ones((1, *groups, n)), drawn])


def from_resamples(values: Floats, n: int, unit: str = "question") -> Estimate:
    """Estimate from a statistic of the data (first) and of resamples of n units (the rest)."""
    return intervals.from_draws(values[0], values[1:], n, intervals.bootstrap_name(n, len(values) - 1, unit))


def centred(values: Floats, n: int, units: str, most: float | None = None) -> Estimate:
    """As `from_resamples`, with draws moved so that their mean is the estimate; `units` in words, with their number.

    For statistics that resampling noise pushes up a second time: absolute differences, and counts towards one half.
    Where their draws lie says nothing of the truth, only how they spread does.

    `most` is for an estimate from which a noise floor was taken: the same without that. The population's value lies
    between both, and the interval reaches from one to the other (see `common.stats.calibration.excess`).
    """
    method = f"percentile bootstrap over {units}, {len(values) - 1} resamples, "
    method += "centred on the estimate" if most is None else "from shift beyond noise to measured shift"
    value = float(values[0])
    return intervals.from_bounds(
        value, value, value if most is None else most, values[1:] - values[1:].mean(), n, method
    )
