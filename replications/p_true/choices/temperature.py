"""One temperature a model, fitted on one half of the questions and judged on the other (Kadavath et al. 2022, 3.3).

The paper mends a policy tuned by human feedback with T = 2.5 and does not say how it was chosen. Here T maximises the
likelihood of the right options on a random half of the questions, the same half for every model; everything reported is
about the other half, for that fitted T. Probabilities below 1e-7 count as that much, so that none is impossible.
"""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from common.arrays import Bools, Floats, Ints
from common.stats.calibration import estimates, excess, scores, temperature
from common.stats.calibration.excess import Excess
from common.stats.calibration.resampling import Forecasts, forecasts
from common.stats.estimates import Estimate
from replications.p_true.choices.recorded import Recorded, fair_top

PAPERS = 2.5
"""The paper's temperature."""
STATES = ("as recorded", "fitted", "T = 2.5")


@dataclass(frozen=True, slots=True)
class Mended:
    """What a temperature does to each model, on the questions that it was not fitted on; made by `mend`."""

    fitted: dict[str, float]
    """Temperature of each model."""
    keys: Ints
    """Index of the right option, shape [judged questions]."""
    probabilities: dict[tuple[str, str], Floats]
    """By model and state (one of STATES), shape [judged questions, 4]."""
    tops: dict[Hashable, tuple[Floats, Floats]]
    """Top prediction and whether it is right, by model and state."""
    excess: Excess
    """Of the top predictions."""


def mend(recorded: Recorded, shots: int, rng: np.random.Generator, resamples: int, redraws: int) -> Mended:
    """Fit a temperature to every model, and apply it and the paper's to the other half of the questions.

    Raises:
        InputError: no temperature fits (see `common.stats.calibration.temperature.fit`).
    """
    fitting = temperature.fitting_half(np.arange(len(recorded.keys)), rng)
    keys = recorded.keys[~fitting]
    fitted, probabilities = {}, {}
    for model, table in ((model, table) for (model, count), table in recorded.probabilities.items() if count == shots):
        logs = np.log(np.maximum(table, scores.CLIP))
        fitted[model] = temperature.fit(logs[fitting], recorded.keys[fitting])
        for state, t in zip(STATES, (1.0, fitted[model], PAPERS), strict=True):
            probabilities[model, state] = temperature.apply(logs[~fitting], t)
    tops: dict[Hashable, tuple[Floats, Floats]] = {
        cell: fair_top(table, keys, rng) for cell, table in probabilities.items()
    }
    return Mended(fitted, keys, probabilities, tops, excess.measure(tops, rng, resamples, redraws))


def brier_gain(mended: Mended, models: list[str], state: str, rng: np.random.Generator, resamples: int) -> Estimate:
    """Brier score over all options as recorded less that in another state: positive where the temperature helps.

    The models' rows count alike; a question is resampled with its options of all of them.
    """
    before, after = (_all_options(mended, models, which) for which in (STATES[0], state))
    return estimates.brier_difference(before, after, rng, resamples)


def _all_options(mended: Mended, models: list[str], state: str) -> Forecasts:
    is_key: Bools = mended.keys[:, None] == np.arange(4)
    p = np.concatenate([mended.probabilities[model, state].ravel() for model in models])
    question = np.repeat(np.arange(len(mended.keys)), 4)
    return forecasts(p, np.tile(is_key.ravel(), len(models)), np.tile(question, len(models)))
