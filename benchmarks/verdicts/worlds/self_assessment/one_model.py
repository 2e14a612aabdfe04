"""Answers of one model, asked live as itself, to an inventory of 120 items under six prompts; items are the units.

Answers come about as in `inventories`, but those of a single one of the four models, and 24 a trait. What is made up of
shares alone (kept, moved, turned round) is drawn as such.
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from benchmarks.verdicts.world import RESAMPLES, World, greater, less, world
from benchmarks.verdicts.worlds.self_assessment import characters, inventories
from benchmarks.verdicts.worlds.self_assessment.inventories import TRAIT, Setting
from common.arrays import Floats
from common.claims import Rule
from common.stats.estimates import Found
from common.stats.resamples import resample_weights
from replications.self_assessment import estimates, shifts
from replications.self_assessment.answers import TEMPLATES, TRAITS
from replications.self_assessment.estimates import LISTED
from replications.self_assessment.shifts import BETWEEN_ORDERS, BETWEEN_TEMPLATES, CONDITIONS, Ratings
from replications.self_assessment.weighting import Weights

ITEMS = 24
"""Of a trait."""
ALL_ITEMS = ITEMS * len(TRAITS)
MODEL = slice(3, 4)
"""Which of the four recorded models: the 70B one, whose answers spread most evenly."""
PAIRS = {"templates": BETWEEN_TEMPLATES, "orders": BETWEEN_ORDERS}
DRAWS = 2
LOOSENESS = 0.7
"""Standard deviation of a draw at temperature 1, in points."""
Measure = Callable[[Ratings, Weights], Found]


def weights(rng: np.random.Generator) -> Weights:
    """Of the items and their resamples."""
    return Weights(resample_weights(ITEMS, RESAMPLES, rng, (len(TRAITS),)), np.ones((1, 1)))


def answers(setting: Setting, rng: np.random.Generator, items: int = ITEMS) -> Ratings:
    """Keyed ratings of one study."""
    return Ratings(inventories.answers(setting, 1, rng, items)["keyed"].values[MODEL])


@cache
def solved(knob: str, truth: float) -> Setting:
    """The setting whose shift over items without end is this, between templates or between orders."""

    def shown(setting: Setting) -> float:
        many = answers(setting, np.random.default_rng(1), inventories.MANY).differences[:, :, PAIRS[knob]]
        return float(shifts.distance(many, np.ones((1, len(TRAITS), inventories.MANY))).mean())

    return inventories.solved(shown, (knob,), truth)


def drawn(truth: float, rng: np.random.Generator) -> list[Ratings]:
    """Draws under six prompts, whose means lie this far from one another, as a standard deviation."""
    means = 3 + TRAIT[MODEL] + truth * rng.standard_normal((1, len(TRAITS), len(CONDITIONS)))
    said = means[..., None] + rng.standard_normal((1, len(TRAITS), 1, ITEMS))
    return [Ratings(np.clip(np.round(said + LOOSENESS * rng.standard_normal(said.shape)), 1, 5)) for _ in range(DRAWS)]


def kept(truth: float, rng: np.random.Generator) -> Ratings:
    """Answers of which this share keeps its meaning in reversed order."""
    return Ratings(inventories.reversing(truth, rng)["unkeyed"].values[MODEL, ..., :ITEMS])


def turned(share: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Ratings off the middle under each template, [1, t, c, i], and the same of which this share is turned round."""
    said = rng.choice([1.0, 2.0, 4.0, 5.0], (1, len(TRAITS), len(TEMPLATES), ITEMS))
    return said, characters.turned(said, share, rng)


def _shift(knob: str, measure: Measure) -> World:
    def study(truth: float, rng: np.random.Generator) -> Found:
        return measure(answers(solved(knob, truth), rng), weights(rng))

    return world("score shift", f"{SHAPE}: between {knob}", ALL_ITEMS, greater(0.25), (0.25, 0.4, 0.6), study)


def _beyond_noise(truth: float, rng: np.random.Generator) -> Found:
    return estimates.beyond_noise(characters.answers(draws=drawn(truth, rng)), weights(rng), TEMPLATES)


def _kept(truth: float, rng: np.random.Generator) -> Found:
    pairs = estimates.of_orders(TEMPLATES)
    return estimates.kept(kept(truth, rng).differences[:, :, pairs], weights(rng))


def _label_over_place(truth: float, rng: np.random.Generator) -> Found:
    original, moved = turned(0.5 - truth / 2, rng)
    relabelled = characters.turned(original, 0.5 + truth / 2, rng)
    likeliest = {"original": original, "moved": moved, "relabelled": relabelled}
    return estimates.label_over_place(characters.answers(likeliest=likeliest), weights(rng), LISTED)


def _negation(truth: float, rng: np.random.Generator) -> Found:
    original, negated = turned(truth, rng)
    found = characters.answers(unkeyed=Ratings(original), negated=negated)
    return estimates.negation(found, weights(rng), TEMPLATES)


def _share(what: str, rule: Rule, truths: tuple[float, ...], study: Callable[..., Found]) -> World:
    return world("share of answers", f"{SHAPE}: {what}", ALL_ITEMS, rule, truths, study)


SHAPE = f"{ALL_ITEMS} items, one model"
WORLDS: list[World] = [
    _shift("templates", lambda ratings, w: estimates.template_shift(ratings, w, TEMPLATES)),
    _shift("orders", lambda ratings, w: estimates.order_shift(ratings, w, TEMPLATES)),
    world("distance beyond noise", f"{SHAPE}: {DRAWS} draws", ALL_ITEMS, greater(0), (0.0, 0.1, 0.3), _beyond_noise),
    _share("kept in reversed order", less(0.5), (0.5, 0.45, 0.4), _kept),
    _share("one share kept less another", greater(0), (0.0, 0.1, 0.2), _label_over_place),
    _share("turned round by a negation", less(0.5), (0.5, 0.45, 0.4), _negation),
]
