"""Intervals that claims of self_assessment rested on until 2026-12-01, before the same worlds."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchmarks.verdicts.world import greater, world
from benchmarks.verdicts.worlds.self_assessment import characters, inventories
from benchmarks.verdicts.worlds.self_assessment.inventories import ALL_ITEMS, Answers, Measure
from common.arrays import Floats
from common.stats import intervals
from common.stats.estimates import Estimate, Found, Interval
from replications.self_assessment import estimates, reliability, shifts


def reflected(statistic: Callable[[Answers, Floats], Floats]) -> Measure:
    """A statistic with basic intervals: resamples of the items reflected at that of the data."""

    def measure(data: Answers, w: Floats) -> Estimate:
        values = statistic(data, w)
        return intervals.from_draws(values[0], 2 * values[0] - values[1:], ALL_ITEMS, "basic bootstrap")

    return measure


def shift(data: Answers, w: Floats) -> Floats:
    """Mean shift between templates beyond noise, [r]."""
    found: Floats = shifts.shift(data["keyed"], w)[..., shifts.BETWEEN_TEMPLATES].mean((1, 2, 3))
    return found


def alpha_of_resamples(truth: float, rng: np.random.Generator) -> Found:
    """Alpha with percentiles of resamples: reflected ones, turned back."""
    habits = characters.solved("alpha", characters.greedy, "mistaken", truth)
    found = estimates.alphas(characters.greedy(habits, characters.CHARACTERS, rng), characters.weights(rng))
    if not isinstance(found, Estimate):
        return found
    now = found.interval

    def interval(level: float) -> Interval:
        _, high, low = reliability.reflected(np.array([found.value, *now(level)]))
        return float(low), float(high)

    return replace(found, interval=interval)


WORLDS = [
    *(
        design._replace(kind=f"former {design.kind}", truths=design.truths[:2], measure=reflected(statistic)).world()
        for design, statistic in (
            (inventories.BY_TEMPLATES, shift),
            (inventories.PAIRED, inventories.paired_share),
            (inventories.PUBLISHED, inventories.published_share),
            (inventories.KEYING, inventories.unkeyed_less_keyed),
        )
    ),
    world(
        "former Cronbach's alpha",
        f"{characters.CHARACTERS} characters: {characters.ITEMS} items",
        characters.CHARACTERS,
        greater(0.7),
        (0.7, 0.8),
        alpha_of_resamples,
    ),
]
