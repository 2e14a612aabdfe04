"""Recorded answers of four chat models to an inventory of 300 items under six prompts; items are the units.

An answer is the model's liking for the labels of a prompt, plus or minus (by the item's key) what it says of the trait,
plus noise, rounded to the scale of 1 to 5. Fitted to the published answers of chat-models on ipip-300: mean and spread
of the answers of each model under each prompt, the share of reversed items a trait, the share of dropped answers, and
the spread of what is said of the traits. Models and prompts are these four and six; items, with their keys, are drawn
anew in each study, as the bootstrap draws them.

The true shift is that of trait scores over items without end, where exchangeable answers would show none. The true
share of significant tests is what inventories of 60 items a trait show on average: with more items, more would be.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import NamedTuple

import numpy as np
from scipy import optimize

from benchmarks.verdicts.world import RESAMPLES, World, greater, less, world
from common import claims
from common.arrays import Floats
from common.claims import Rule
from common.stats.estimates import Estimate, Found
from common.stats.resamples import resample_weights
from replications.self_assessment import estimates, shifts
from replications.self_assessment.answers import TRAITS
from replications.self_assessment.shifts import BETWEEN_ORDERS, BETWEEN_TEMPLATES, CONDITIONS, Ratings
from replications.self_assessment.weighting import over_items

ITEMS = 60
"""Of a trait."""
ALL_ITEMS = ITEMS * len(TRAITS)
AGREEMENT = np.array(
    [
        [4.3, 3.2, 2.5, 4.0, 3.6, 3.5],
        [3.7, 2.9, 2.7, 3.0, 3.1, 4.4],
        [3.8, 2.6, 4.3, 4.0, 3.5, 3.1],
        [4.0, 2.8, 4.0, 4.2, 3.3, 3.4],
    ]
)
"""Mean answer of each model in each condition, [m, c]."""
NOISE = np.array(
    [
        [0.65, 0.38, 0.41, 0.23, 0.48, 0.54],
        [0.47, 0.65, 1.63, 0.80, 0.74, 1.22],
        [0.70, 1.11, 1.18, 0.25, 0.92, 1.09],
        [0.81, 0.76, 0.72, 0.87, 0.70, 1.04],
    ]
)
"""Standard deviation of what is left beside liking and trait, [m, c]."""
REVERSED = np.array([32, 29, 24, 36, 27]) / ITEMS
"""Share of reverse-keyed items of each trait."""
DROPPED = 0.045
SHARED = 0.35
"""Correlation of an item's noise with what all models and prompts share of it."""
STUDIES = 300
"""Studies whose mean tells what a setting's truth is."""
MANY = 20_000
"""Items of a trait that stand for items without end."""

_rng = np.random.default_rng(0)
_MODELS, _TEMPLATES = len(AGREEMENT), len(CONDITIONS) // 2
TRAIT = 0.25 + 0.2 * _rng.standard_normal((_MODELS, len(TRAITS), 1))
"""What a model says of a trait whatever the prompt: points above the middle, [m, t, 1]."""
BY_TEMPLATE, BY_ORDER = _rng.standard_normal((2, _MODELS, len(TRAITS), _TEMPLATES))
"""How it changes with the template and with the order, in standard deviations."""


@dataclass(frozen=True)
class Setting:
    """How far answers depend on the prompt."""

    templates: float = 0.5
    """Standard deviation of what is said of a trait over templates, in points."""
    orders: float = 0.65
    """The same over a template's two orders."""
    liking: float = 1.0
    """Differences between the likings for labels under several prompts, of those published."""
    noise: float = 1.0
    """Noise, of that published."""


def answers(setting: Setting, studies: int, rng: np.random.Generator, items: int = ITEMS) -> dict[str, Ratings]:
    """Ratings of `studies` studies one after the other, each of four models, by scoring."""
    original = TRAIT + setting.templates * BY_TEMPLATE
    said = np.concatenate([original, original + setting.orders * BY_ORDER], axis=2)[..., None]
    liking = AGREEMENT.mean() + setting.liking * (AGREEMENT - AGREEMENT.mean())
    keys = np.where(rng.random((studies, 1, len(TRAITS), 1, items)) < REVERSED[:, None, None], -1.0, 1.0)
    own = rng.standard_normal((studies, *said.shape[:-1], items))
    noise = SHARED * rng.standard_normal(keys.shape) + np.sqrt(1 - SHARED**2) * own
    agreement = liking[:, None, :, None] + keys * said + setting.noise * NOISE[:, None, :, None] * noise
    rated = np.clip(np.round(agreement), 1, 5)
    rated[rng.random(rated.shape) < DROPPED] = np.nan
    found = {"unkeyed": rated, "keyed": 3 + keys * (rated - 3)}
    return {scoring: Ratings(values.reshape(-1, *values.shape[2:])) for scoring, values in found.items()}


Answers = dict[str, Ratings]
Measure = Callable[[Answers, Floats], Estimate]
"""Of answers and weights of items."""


def templates(data: Answers, w: Floats) -> Estimate:
    """As `template-shift`."""
    return estimates.moved(data["keyed"], w, BETWEEN_TEMPLATES)


def orders(data: Answers, w: Floats) -> Estimate:
    """As `order-shift`."""
    return estimates.moved(data["keyed"], w, BETWEEN_ORDERS)


def most_significant(data: Answers, w: Floats) -> Estimate:
    """As `most-significant`."""
    return over_items(paired_share(data, w))


def as_published(data: Answers, w: Floats) -> Estimate:
    """As `most-significant-as-published`."""
    return over_items(published_share(data, w))


def keying(data: Answers, w: Floats) -> Estimate:
    """As `keying`."""
    return over_items(unkeyed_less_keyed(data, w))


def paired_share(data: Answers, w: Floats) -> Floats:
    """Share of paired tests of keyed scores that reject under Holm's correction, [r]."""
    return _share(shifts.wilcoxon_p(data["keyed"], w), correct=True)


def published_share(data: Answers, w: Floats) -> Floats:
    """Share of uncorrected unpaired tests of unkeyed scores that reject, [r]."""
    return _share(shifts.mann_whitney_p(data["unkeyed"], w))


def unkeyed_less_keyed(data: Answers, w: Floats) -> Floats:
    """The same less that of keyed scores, [r]."""
    return published_share(data, w) - _share(shifts.mann_whitney_p(data["keyed"], w))


def kept(data: Answers, w: Floats) -> Estimate:
    """As `order-symmetry`."""
    return estimates.kept_by_models(data["unkeyed"], w)


def _share(p: Floats, *, correct: bool = False) -> Floats:
    share: Floats = shifts.significant(p, estimates.CLAIM_ALPHA, correct).mean((1, 2, 3))
    return share


def on_average(measure: Measure, setting: Setting) -> float:
    """What a measure shows on average over studies: it is a mean over models, however many there are."""
    drawn = answers(setting, STUDIES, np.random.default_rng(1))
    return measure(drawn, np.ones((2, len(TRAITS), ITEMS))).value


def without_end(pairs: slice, setting: Setting) -> float:
    """Mean absolute difference of trait scores over items without end."""
    drawn = answers(setting, 1, np.random.default_rng(1), MANY)["keyed"].differences[:, :, pairs]
    return float(shifts.distance(drawn, np.ones((1, len(TRAITS), MANY))).mean())


@cache
def solved(shown: Callable[[Setting], float], knobs: tuple[str, ...], truth: float) -> Setting:
    """The setting whose truth is this: some of its knobs are turned alike."""

    def turned(by: float) -> Setting:
        return replace(Setting(), **dict.fromkeys(knobs, by))

    return turned(float(optimize.brentq(lambda by: shown(turned(by)) - truth, 0.01, 4, xtol=1e-3)))


def reversing(truth: float, rng: np.random.Generator) -> Answers:
    """Answers of which this share keeps its meaning in reversed order, the others moving by a point."""
    original = rng.integers(1, 6, (_MODELS, len(TRAITS), _TEMPLATES, ITEMS)).astype(float)
    moved = np.where(original == 5, 4, original + 1)
    same = rng.random(original.shape) < truth
    rated = np.concatenate([original, np.where(same, original, moved)], axis=2)
    rated[rng.random(rated.shape) < DROPPED] = np.nan
    return {"unkeyed": Ratings(rated)}


def weights(rng: np.random.Generator) -> Floats:
    """Of the items and their resamples."""
    return resample_weights(ITEMS, RESAMPLES, rng, (len(TRAITS),))


class Design(NamedTuple):
    """Studies of one measure."""

    kind: str
    what: str
    rule: Rule
    truths: tuple[float, ...]
    measure: Measure
    shown: Callable[[Setting], float]
    """The truth of a setting."""
    knobs: tuple[str, ...]
    """What is turned until it is the asked one."""

    def world(self) -> World:
        """The world of such studies."""
        return world(self.kind, f"{SHAPE}: {self.what}", ALL_ITEMS, self.rule, self.truths, self.study)

    def study(self, truth: float, rng: np.random.Generator) -> Found:
        """One of them."""
        return self.measure(answers(solved(self.shown, self.knobs, truth), 1, rng), weights(rng))


FAMILY = Setting(templates=0.2245, orders=0.2914, liking=0.25, noise=0.2416)
"""Where the measures of all primary claims lie on their boundaries."""
PRIMARY: dict[str, Measure] = {
    "template-shift": templates,
    "order-shift": orders,
    "most-significant": most_significant,
}


def _family(truth: float, rng: np.random.Generator) -> dict[str, Found]:
    drawn, w = answers(FAMILY, 1, rng), weights(rng)
    return {name: measure(drawn, w) for name, measure in PRIMARY.items()}


def _shift(what: str, measure: Measure, pairs: slice, knob: str) -> Design:
    shown = partial(without_end, pairs)
    return Design("score shift", what, greater(0.25), (0.25, 0.4, 0.5), measure, shown, (knob,))


def _tests(what: str, margin: float, beyond: tuple[float, ...], measure: Measure, *knobs: str) -> Design:
    shown = partial(on_average, measure)
    return Design("share of significant tests", what, greater(margin), (margin, *beyond), measure, shown, knobs)


SHAPE = f"{ALL_ITEMS} items, {_MODELS} models"
BY_TEMPLATES = _shift("between templates", templates, BETWEEN_TEMPLATES, "templates")
BY_ORDERS = _shift("between orders", orders, BETWEEN_ORDERS, "orders")
PAIRED = _tests("paired, keyed, Holm", 0.5, (0.6, 0.7), most_significant, "templates", "orders")
PUBLISHED = _tests("as published", 0.5, (0.6, 0.8), as_published, "liking")
KEYING = _tests("unkeyed less keyed", 0.0, (0.1, 0.3), keying, "liking")
WORLDS: list[World] = [
    *(design.world() for design in (BY_TEMPLATES, BY_ORDERS, PAIRED, PUBLISHED, KEYING)),
    world(
        "share of answers",
        f"{SHAPE}: kept in reversed order",
        ALL_ITEMS,
        less(0.5),
        (0.5, 0.48, 0.45),
        lambda truth, rng: kept(reversing(truth, rng), weights(rng)),
    ),
    World(
        "family",
        f"self_assessment, {len(PRIMARY)} primary claims, {SHAPE}",
        ALL_ITEMS,
        (0.0,),
        _family,
        {name: claims.rules("self_assessment")[name] for name in PRIMARY},
    ),
]
