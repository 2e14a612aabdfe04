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


def edge(truth: Truth, wanted: float, *, up: bool) -> float:
    """The last tilt, nearest to 0, at which a statistic in steps is as wanted before it jumps up, or down.

    Many a sample lies beyond: no such truth is harder to tell from those on the other side.
    """

    def beyond(value: float) -> bool:
        return value > wanted + SAME if up else value < wanted - SAME

    values = [truth(tilt) for tilt in TILTS]
    there = np.flatnonzero(np.abs(np.array(values) - wanted) < SAME)
    places = [(i, i + way) for i in there for way in (-1, 1) if 0 <= i + way < len(TILTS)]
    inside, outside = min(((TILTS[i], TILTS[j]) for i, j in places if beyond(values[j])), key=lambda pair: abs(pair[0]))
    while abs(outside - inside) > SAME:
        between = (inside + outside) / 2
        inside, outside = (inside, between) if beyond(truth(between)) else (between, outside)
    return float(inside)
