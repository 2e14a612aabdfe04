"""Weights of items and respondents, and what they make of answers: averages, trait scores, intervals.

Statistics are computed for many weightings at once: ones first, then bootstrap counts. Where there are several
respondents, they are the units and the inventory stays as it is; recorded models, and a model that answers for itself,
have items as units. An average is over whatever exists; what exists nowhere, or not in most resamples, is not testable.

Array axes as in `shifts`: resample r, respondent m, trait t, condition c or pair p, item i.
"""

from dataclasses import dataclass

import numpy as np

from common.arrays import Floats
from common.stats.estimates import Estimate, Found, Undefined
from common.stats.resamples import centred, from_resamples, resample_weights
from replications.self_assessment.answers import TRAITS
from replications.self_assessment.experiment import Answers
from replications.self_assessment.params import RecordedParams

UNDEFINED = 0.05
"""Share of resamples in which a statistic may be undefined; with more, there is no interval."""


@dataclass(frozen=True)
class Weights:
    """Weights of the data (first) and of its resamples: items [r, t, i] and respondents [r, m].

    Of what is not resampled there is one weighting, r = 1; results take the larger r.
    """

    items: Floats
    respondents: Floats


def of_recorded(params: RecordedParams) -> Floats:
    """Weights of the 60 items a trait: of the data, and of bootstrap resamples within traits, [1 + resamples, t, i]."""
    return resample_weights(60, params.resamples, np.random.default_rng(params.seed), (len(TRAITS),))


def of_live(answers: Answers, resamples: int, rng: np.random.Generator) -> Weights:
    """Bootstrap of respondents where there are several, or else of items within traits."""
    m, traits, _, items = answers.keyed.values.shape
    if m == 1:
        return Weights(resample_weights(items, resamples, rng, (traits,)), np.ones((1, 1)))
    return Weights(np.ones((1, traits, items)), resample_weights(m, resamples, rng))


def average(values: Floats, respondents: Floats) -> Floats:
    """Weighted mean over respondents and then over all further axes, of what exists: [r, m, ...] -> [r]."""
    exists = np.isfinite(values)
    count = exists.sum(tuple(range(2, values.ndim)), dtype=float)
    total = np.where(exists, values, 0.0).sum(tuple(range(2, values.ndim)))
    summed, counted = (respondents * total).sum(1), (respondents * count).sum(1)
    found: Floats = np.divide(summed, counted, out=np.full_like(summed, np.nan), where=counted > 0)
    return found


def scores(ratings: Floats, items: Floats) -> Floats:
    """Trait scores: weighted means over answered items, [m, t, c, i] and [r, t, i] -> [r, m, t, c]."""
    answered = np.einsum("rti,mtci->rmtc", items, np.isfinite(ratings).astype(float), optimize=True)
    total = np.einsum("rti,mtci->rmtc", items, np.nan_to_num(ratings), optimize=True)
    found: Floats = np.divide(total, answered, out=np.full_like(total, np.nan), where=answered > 0)
    return found


def estimate(values: Floats, w: Weights, most: float | None = None) -> Found:
    """Estimate from a statistic of the data and its resamples [r].

    Percentile interval over respondents; over items as in `over_items`, and for its reason.
    """
    m, items = w.respondents.shape[1], w.items.shape[1] * w.items.shape[2]
    missing = float(np.isnan(values[1:]).mean())
    if np.isnan(values[0]) or missing > UNDEFINED:
        where = "" if np.isnan(values[0]) else f" in {missing:.0%} of the resamples"
        return Undefined(f"undefined{where}: too few answers, or answers that do not vary")
    defined = values[~np.isnan(values)]
    if m == 1:
        return centred(defined, items, f"{items} items within traits", most)
    return from_resamples(defined, m, "respondent")


def over_items(values: Floats, most: float | None = None) -> Estimate:
    """Estimate from a statistic of the data (first) and of resamples of their 300 items (the rest).

    The interval is centred: resampling noise pushes absolute differences up (and counts towards one half) a second
    time. It is for what inventories of this size show on average; of a shift, for what the population of items shows,
    which lies between the shift beyond noise and, if the noise averages out, the measured shift, `most`.
    """
    return centred(values, 300, "300 items within traits", most)
