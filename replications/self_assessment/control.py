"""Estimates from answers asked live: the paper's comparisons, the positive control, and what moves an answer.

Everything that the recorded answers went through is reused: `shifts` compares prompts, `answers` reads and rates. New
here is that there are many respondents whose true profile is known. Statistics are computed for many weightings at
once: ones first, then bootstrap counts. Where there are several respondents, they are the units and the inventory stays
as it is; a model that answers for itself has items as units, as in the re-analysis. An average is over whatever exists;
what exists nowhere, or not in most resamples, is not testable.

Array axes as in `shifts`: resample r, respondent m, trait t, condition c or pair p, item i.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from common.arrays import Floats
from common.stats.estimates import Estimate, Found, Undefined
from common.stats.resamples import from_resamples, reflected, resample_weights
from replications.self_assessment import arrangements, shifts
from replications.self_assessment.answers import ORDERS, TEMPLATES, TRAITS
from replications.self_assessment.inventories import Respondent
from replications.self_assessment.shifts import CONDITIONS, Ratings

CONTROL = 0.5
"""A template passes if the 95% interval of its recovery lies above this; fixed with the claims."""
READABLE = 0.5
"""... and at least this share of its answers can be read in both orders."""
UNDEFINED = 0.05
"""Share of resamples in which a statistic may be undefined; with more, there is no interval."""


@dataclass(frozen=True)
class Weights:
    """Weights of the data (first) and of its resamples: items [r, t, i] and respondents [r, m].

    Of what is not resampled there is one weighting, r = 1; results take the larger r.
    """

    items: Floats
    respondents: Floats


@dataclass(frozen=True)
class Answers:
    """All answers of a run as ratings [m, t, c, i], and the true levels [m, t] (NaN if unknown).

    The conditions c are those of `shifts.CONDITIONS` where nothing else is said; "by template" means `TEMPLATES`.
    """

    keyed: Ratings
    """Greedy text, keyed."""
    unkeyed: Ratings
    """Greedy text, agreement."""
    draws: list[Ratings]
    """Keyed ratings at temperature 1, one a draw."""
    expected: Ratings
    """Keyed ratings expected under the option probabilities."""
    likeliest: dict[str, Floats]
    """Keyed ratings of the likeliest option by arrangement, by template."""
    shifted: Floats
    """Keyed expected ratings in the five cyclic shifts, by shift and then MPI and WHO: [shift, m, t, c, i]."""
    negated: Floats
    """Agreement with the negations of the items, greedy, original order, by template; NaN where an item has none."""
    levels: Floats

    @property
    def original(self) -> Floats:
        """Agreement, greedy, original order, by template."""
        return self.unkeyed.values[:, :, : len(TEMPLATES)]


def weights(answers: Answers, resamples: int, rng: np.random.Generator) -> Weights:
    """Bootstrap of respondents where there are several, or else of items within traits."""
    m, traits, _, items = answers.keyed.values.shape
    if m == 1:
        return Weights(resample_weights(items, resamples, rng, (traits,)), np.ones((1, 1)))
    return Weights(np.ones((1, traits, items)), resample_weights(m, resamples, rng))


def collect(
    greedy: pd.DataFrame,
    draws: Sequence[pd.DataFrame],
    options: pd.DataFrame,
    negated: pd.DataFrame,
    respondents: Sequence[Respondent],
) -> Answers:
    """Arrange frames of `asking.generate` and `asking.options` as arrays."""
    names = [respondent.name for respondent in respondents]
    listed = list(arrangements.TEXTS)

    def values(frame: pd.DataFrame, column: str, conditions: Sequence[tuple[str, str]] = CONDITIONS) -> Ratings:
        return shifts.ratings(frame, column, names, conditions)

    cell = ["model", "template", "order", "trait", "item"]
    turned = greedy[cell].merge(negated[[*cell, "agreement"]], how="left", on=cell)
    likeliest = {
        arm: [(template, arm) for template in TEMPLATES] for arm in ("original", "reversed", "relabelled", "moved")
    }
    shifted = [[(template, arm) for template in listed] for arm in arrangements.SHIFTS]
    return Answers(
        keyed=values(greedy, "keyed"),
        unkeyed=values(greedy, "agreement"),
        draws=[values(draw, "keyed") for draw in draws],
        expected=values(options, "expected"),
        likeliest={arm: values(options, "keyed", cells).values for arm, cells in likeliest.items()},
        shifted=np.array([values(options, "expected", cells).values for cells in shifted]),
        negated=values(turned, "agreement", [(template, "original") for template in TEMPLATES]).values,
        levels=np.array([[each.levels.get(trait, np.nan) for trait in TRAITS] for each in respondents], dtype=float),
    )


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


def correlation(a: Floats, b: Floats, respondents: Floats) -> Floats:
    """Weighted correlation over respondents and traits, both centred within the trait: [r, m, t] twice -> [r].

    NaN where one of them does not vary. Respondents without a score count for nothing.
    """
    w = respondents[:, :, None] * (np.isfinite(a) & np.isfinite(b))
    total = w.sum(1, keepdims=True)

    def centred(x: Floats) -> Floats:
        x = np.where(w > 0, x, 0.0)
        mean = np.divide((w * x).sum(1, keepdims=True), total, out=np.zeros_like(total), where=total > 0)
        found: Floats = x - mean
        return found

    x, y = centred(np.broadcast_to(a, w.shape)), centred(np.broadcast_to(b, w.shape))
    scale = np.sqrt((w * x**2).sum((1, 2)) * (w * y**2).sum((1, 2)))
    found: Floats = np.divide((w * x * y).sum((1, 2)), scale, out=np.full_like(scale, np.nan), where=scale > 1e-9)
    return found


def recovery(ratings: Floats, levels: Floats, w: Weights) -> Floats:
    """Correlation of trait scores with true levels in each condition, [m, t, c, i] and [m, t] -> [r, c]."""
    found = scores(ratings, w.items)
    return np.stack([correlation(found[..., c], levels[None], w.respondents) for c in range(found.shape[-1])], axis=1)


def estimate(values: Floats, w: Weights) -> Found:
    """Estimate from a statistic of the data and its resamples [r].

    Percentile interval over respondents; over items the basic one, as in `method.over_items` and for its reason.
    """
    m, items = w.respondents.shape[1], w.items.shape[1] * w.items.shape[2]
    missing = float(np.isnan(values[1:]).mean())
    if np.isnan(values[0]) or missing > UNDEFINED:
        where = "" if np.isnan(values[0]) else f" in {missing:.0%} of the resamples"
        return Undefined(f"undefined{where}: too few answers, or answers that do not vary")
    defined = values[~np.isnan(values)]
    if m == 1:
        return reflected(defined, items, f"{items} items within traits")
    return from_resamples(defined, m, "respondent")


def readable(answers: Answers) -> dict[str, float]:
    """Share of greedy answers that could be read, by template, in the worse of its two orders."""
    share = np.isfinite(answers.keyed.values).mean((0, 1, 3))
    return {t: float(min(share[CONDITIONS.index((t, order))] for order in ORDERS)) for t in TEMPLATES}


def passing(answers: Answers, w: Weights) -> list[str]:
    """Templates that pass the control: read, and, where levels are known, with recovery above `CONTROL`."""
    read = [template for template, share in readable(answers).items() if share >= READABLE]
    if np.isnan(answers.levels).all():
        return read
    found = recovery(answers.keyed.values, answers.levels, w)
    by_template = {t: estimate(found[:, CONDITIONS.index((t, "original"))], w) for t in read}
    return [t for t, e in by_template.items() if isinstance(e, Estimate) and e.low > CONTROL]


def flips(answers: Answers) -> Floats:
    """1 where an item and its negation are answered on opposite sides of the middle, 0 where not: as `negated`.

    NaN where the item is answered by the middle option, or one of the two not at all.
    """
    sides = (answers.original - 3) * (answers.negated - 3)
    known = np.isfinite(sides) & (answers.original != 3)
    return np.where(known, sides < 0, np.nan)
