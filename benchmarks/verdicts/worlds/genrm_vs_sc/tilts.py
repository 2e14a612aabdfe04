"""How far to tilt a population until a statistic of it is what is asked for: smooth statistics, and those in steps."""

import itertools
from collections.abc import Callable

import numpy as np
from scipy import optimize

TILTS = np.linspace(-8, 8, 129)
SAME = 1e-9

Truth = Callable[[float], float]
"""The statistic by tilt."""


def smooth(truth: Truth, wanted: float) -> float:
    """The smallest tilt, to 2 in 16, at which a smooth statistic is as wanted."""

    def beyond(tilt: float) -> float:
        return truth(tilt) - wanted

    pairs = sorted(itertools.pairwise(TILTS), key=lambda pair: abs(sum(pair)))
    low, high = next((low, high) for low, high in pairs if beyond(low) * beyond(high) <= 0)
    return float(optimize.brentq(beyond, low, high, xtol=1e-12))


def middle(truth: Truth, wanted: float) -> float:
    """The middle of the longest run of tilts at which a statistic in steps is as wanted."""
    there = np.abs([truth(tilt) - wanted for tilt in TILTS]) < SAME
    ends = np.flatnonzero(np.diff(np.concatenate([[False], there, [False]]).astype(int)))
    first, last = max(zip(ends[::2], ends[1::2] - 1, strict=True), key=lambda run: run[1] - run[0])
    return float(TILTS[first] + TILTS[last]) / 2


def edge(truth: Truth, wanted: float, margin: float) -> float:
    """The last tilt at which a statistic in steps is as wanted before it jumps beyond a margin.

    Many a sample lies beyond: no truth on this side of the margin is harder to tell from those on the other.
    """
    values = np.array([truth(tilt) for tilt in TILTS])
    there, above = np.abs(values - wanted) < SAME, values > margin + SAME
    places = [(i, i + way) for i in np.flatnonzero(there) for way in (-1, 1) if 0 <= i + way < len(TILTS)]
    inside, outside = min(((TILTS[i], TILTS[j]) for i, j in places if above[j]), key=lambda pair: abs(pair[0]))
    while abs(outside - inside) > SAME:
        between = (inside + outside) / 2
        inside, outside = (inside, between) if truth(between) > margin + SAME else (between, outside)
    return float(inside)
