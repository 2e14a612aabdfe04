"""Intervals that rules had until a simulation showed them to err too often, before the worlds that showed it.

They are no one's intervals any more: their rates stand beside those of what took their place (docs/method.md).
"""

from collections.abc import Callable

import numpy as np

from benchmarks.verdicts.world import REDRAWS, RESAMPLES, Study, World, greater, less, world
from benchmarks.verdicts.worlds import weakest
from benchmarks.verdicts.worlds.miscalibration import LETTERS, P_TRUE, Letters, PTrue
from common.stats import intervals
from common.stats.calibration import excess
from common.stats.estimates import Found


def centred_on_the_excess(n: int, said: Letters | PTrue) -> Study:
    """Excess calibration error with the spread of resampled errors around it; until 2026-12-01."""

    def study(truth: float, rng: np.random.Generator) -> Found:
        found = excess.measure({"said": said.draw(n, truth, rng)}, rng, RESAMPLES, REDRAWS)
        value = found.floors["said"].excess
        return intervals.from_draws(value, value + found.spread["said"], n, "centred on the excess")

    return study


def of_the_weakest_alone(n: int) -> Study:
    """The lowest of five AUROC differences with its own interval; until 2026-12-01."""

    def study(truth: float, rng: np.random.Generator) -> Found:
        return min(weakest.differences(n, truth, 0.0, rng), key=lambda one: one.value)

    return study


FORMER: Callable[[str], str] = "former {}".format
WORLDS: list[World] = [
    world(
        FORMER("excess ECE"),
        f"{LETTERS}, 1400 questions, at most .05",
        1400,
        less(0.05),
        (0.05, 0.02),
        centred_on_the_excess(1400, Letters()),
    ),
    world(
        FORMER("excess ECE"),
        f"{P_TRUE}, 800 questions, at least .05",
        800,
        greater(0.05),
        (0.05, 0.08),
        centred_on_the_excess(800, PTrue()),
    ),
    world(
        FORMER("weakest of several"),
        "5 AUROC differences, all alike, 800 answers",
        800,
        greater(0),
        (0.0, 0.03),
        of_the_weakest_alone(800),
    ),
]
