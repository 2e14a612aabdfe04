"""Two kinds of rule whose rates are known: a t interval, and one half as wide that is wrong on purpose."""

from scipy import stats

from benchmarks.verdicts.world import greater, within, world
from common.stats import intervals
from common.stats.estimates import Estimate, Undefined

N = 40
FALSE_OF_HALF = float(stats.t.sf(stats.t.ppf(0.975, N - 1) / 2, N - 1))
"""How often a t statistic of nothing exceeds half of its quantile: 0.16."""


def right(truth, rng):
    return intervals.mean(rng.normal(truth, 1, N))


def half(truth, rng):
    whole = right(truth, rng)

    def interval(level):
        low, high = whole.interval(level)
        return (whole.value + low) / 2, (whole.value + high) / 2

    return Estimate(whole.value, N, "half of a t interval", interval)


def never(truth, rng):
    return Undefined("nothing to measure")


WORLDS = [
    world("right", "40 normal values", N, greater(0), (0.0, 0.5), right),
    world("half as wide", "40 normal values", N, greater(0), (0.0, 0.5), half),
    world("equivalent", "40 normal values", N, within(0.5), (0.5, 0.0), right),
    world("never", "nothing", N, greater(0), (0.0,), never),
]
