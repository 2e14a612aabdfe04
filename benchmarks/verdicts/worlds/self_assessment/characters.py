"""Answers of 32 of the lab's characters to an inventory of 60 items; characters are the units, the items stay.

A character has a level, 1 to 5, on each of five traits. An answer says the level, or by mistake its opposite; another
template, another draw, the reversed order or a negation turns some answers round. Fitted to the published answers of
lab-1.3m: levels spread evenly, one in six answers mistaken but more in some characters and traits, 8 in 100 turned
round from template to template and 18 in 100 from draw to draw, nearly all in reversed order, 12 in 100 negations.

The truth is that of a large population of characters, asked the same items.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from scipy import optimize

from benchmarks.verdicts.world import RESAMPLES, World, greater, less, world
from common import claims
from common.arrays import Floats
from common.claims import Rule
from common.stats.estimates import Estimate, Found
from common.stats.resamples import resample_weights
from replications.self_assessment import estimates
from replications.self_assessment.answers import TEMPLATES, TRAITS
from replications.self_assessment.arrangements import AGREE_FIRST, SHIFTS
from replications.self_assessment.estimates import LISTED
from replications.self_assessment.experiment import Answers
from replications.self_assessment.shifts import CONDITIONS, Ratings
from replications.self_assessment.weighting import Weights

CHARACTERS = 32
ITEMS = 12
"""Of a trait."""
KEYS = np.resize([1.0, -1.0], ITEMS)
DRAWS = 4
EVENNESS = 8
"""Of characters: the two parameters of the beta distribution of a share over them, together."""
NEGATED_EVENNESS = 24
PEOPLE = 10_000
"""Characters that stand for a population."""


@dataclass(frozen=True)
class Habits:
    """Shares of answers, on average over characters."""

    mistaken: float = 0.17
    """That say the opposite of the level."""
    apart: float = 0.04
    """That turn round under a template."""
    swayed: float = 0.0
    """That ENFJ alone turns round."""
    locked: float = 0.97
    """That keep their label, and so turn round, where the options are reversed; or shifted, which moves them on."""
    taught: float | None = None
    """The same under MPI; None: as under the others."""
    first: float = 0.0
    """That name the first label, whatever is asked."""
    loose: float = 0.13
    """That turn round in a draw at temperature 1, or in a layout."""


USUAL = Habits()


@dataclass(frozen=True)
class People:
    """Characters, and what they say of themselves: levels [m, t] and keyed ratings [m, t, i]."""

    levels: Floats
    say: Floats


def people(mistaken: float, m: int, rng: np.random.Generator) -> People:
    """Characters that make so many mistakes."""
    levels = rng.integers(1, 6, (m, len(TRAITS))).astype(float)
    said = np.repeat(levels[..., None], ITEMS, axis=2)
    return People(levels, turned(said, shares(mistaken, (m, len(TRAITS), 1), rng), rng))


def shares(mean: float, shape: tuple[int, ...], rng: np.random.Generator, evenness: float = EVENNESS) -> Floats:
    """A share for each of several characters."""
    if mean in (0, 1):
        return np.full(shape, float(mean))
    return rng.beta(evenness * mean, evenness * (1 - mean), shape)


def turned(ratings: Floats, share: Floats | float, rng: np.random.Generator) -> Floats:
    """Ratings of which a share is turned round."""
    return np.where(rng.random(ratings.shape) < share, 6 - ratings, ratings)


def text(who: People, habits: Habits, rng: np.random.Generator) -> Floats:
    """Agreement under the six prompts, [m, t, c, i]."""
    m, original = len(who.say), np.stack([turned(who.say, habits.apart, rng) for _ in TEMPLATES], axis=2)
    original[:, :, -1] = turned(original[:, :, -1], habits.swayed, rng)
    locked = shares(habits.locked, (m, 1, len(TEMPLATES), 1), rng)
    if habits.taught is not None:
        locked[:, :, :1] = shares(habits.taught, (m, 1, 1, 1), rng)
    meant = keyed(np.concatenate([original, turned(original, locked, rng)], axis=2))
    first = np.repeat([5.0, 1.0], len(TEMPLATES))[:, None]
    return np.where(rng.random(meant.shape) < habits.first, first, meant)


def keyed(ratings: Floats) -> Floats:
    """Agreement as keyed ratings, or the other way round."""
    return 3 + KEYS * (ratings - 3)


def answers(**parts: Any) -> Answers:
    """Answers of which only some parts are there."""
    nothing, nowhere = Ratings(np.empty((0, len(TRAITS), len(CONDITIONS), 0))), np.empty(0)
    empty: dict[str, Any] = dict.fromkeys(("keyed", "unkeyed", "expected"), nothing)
    empty |= dict.fromkeys(("shifted", "negated", "levels"), nowhere) | {"draws": [], "likeliest": {}}
    return Answers(**(empty | parts))


def greedy(habits: Habits, m: int, rng: np.random.Generator) -> Answers:
    """Text under six prompts."""
    who = people(habits.mistaken, m, rng)
    agreement = text(who, habits, rng)
    return answers(keyed=Ratings(keyed(agreement)), unkeyed=Ratings(agreement), levels=who.levels)


def drawn(habits: Habits, m: int, rng: np.random.Generator) -> Answers:
    """Draws under six prompts."""
    likeliest = keyed(text(people(habits.mistaken, m, rng), habits, rng))
    return answers(draws=[Ratings(turned(likeliest, habits.loose, rng)) for _ in range(DRAWS)])


def shifted(habits: Habits, m: int, rng: np.random.Generator) -> Answers:
    """Ratings in five cyclic shifts under MPI and WHO: a locked answer keeps its label, another its meaning."""
    who = people(habits.mistaken, m, rng)
    said = np.repeat(who.say[:, :, None], len(LISTED), axis=2)
    original, *meant = (keyed(turned(said, habits.loose, rng)) for _ in SHIFTS)
    locked = shares(habits.locked, (m, 1, 1, 1), rng)
    found = [original]
    for k, agreement in enumerate(meant, start=1):
        at_label = np.roll(AGREE_FIRST, -k).astype(float)[(5 - original).astype(int)]
        found.append(np.where(rng.random(original.shape) < locked, at_label, agreement))
    return answers(shifted=keyed(np.array(found)), levels=who.levels)


def rearranged(truth: float, m: int, rng: np.random.Generator) -> Answers:
    """Likeliest answers, kept more often by this much where options move with their labels than under turned ones."""
    say = people(USUAL.mistaken, m, rng).say
    original = np.stack([say] * len(TEMPLATES), axis=2)
    half = truth / 2 / OFF_MIDDLE
    share = {"moved": 0.5 - half, "relabelled": 0.5 + half}
    arms = {arm: turned(original, shares(by, (m, 1, 1, 1), rng), rng) for arm, by in share.items()}
    return answers(likeliest={"original": original, **arms})


def negated(truth: float, m: int, rng: np.random.Generator) -> Answers:
    """Agreement with items and their negations, this share of which change sides."""
    say = people(USUAL.mistaken, m, rng).say
    agreement = keyed(np.stack([turned(say, USUAL.apart, rng) for _ in TEMPLATES], axis=2))
    share = shares(truth, (m, 1, 1, 1), rng, NEGATED_EVENNESS)
    return answers(unkeyed=Ratings(agreement), negated=turned(agreement, share, rng))


OFF_MIDDLE = 0.8
"""Share of answers that turning round changes."""
Measure = Callable[[Answers, Weights], Found]
MEASURES: dict[str, Measure] = {
    "template-shift": lambda a, w: estimates.template_shift(a.keyed, w, TEMPLATES),
    "order-shift": lambda a, w: estimates.order_shift(a.keyed, w, TEMPLATES),
    "untaught-order": estimates.untaught_order,
    "beyond-noise": lambda a, w: estimates.beyond_noise(a, w, TEMPLATES),
    "order-symmetry": lambda a, w: estimates.kept(a.keyed.differences[:, :, estimates.of_orders(TEMPLATES)], w),
    "label-over-place": lambda a, w: estimates.label_over_place(a, w, LISTED),
    "negation": lambda a, w: estimates.negation(a, w, TEMPLATES),
    "profile-recovered": estimates.recovered,
    "order-reliability": lambda a, w: estimates.between_orders(a.keyed, w, TEMPLATES),
    "cyclic-average": lambda a, w: estimates.cyclic_average(a, w, LISTED),
    "keying": estimates.keying,
    "alpha": estimates.alphas,
}
"""As the claims of the same name."""


def weights(rng: np.random.Generator) -> Weights:
    """Of the characters and their resamples."""
    return Weights(np.ones((1, len(TRAITS), ITEMS)), resample_weights(CHARACTERS, RESAMPLES, rng))


def in_population(claim: str, asked: Callable[..., Answers], habits: Habits) -> float:
    """What a measure shows in a population."""
    everyone = Weights(np.ones((1, len(TRAITS), ITEMS)), np.ones((2, PEOPLE)))
    found = MEASURES[claim](asked(habits, PEOPLE, np.random.default_rng(1)), everyone)
    assert isinstance(found, Estimate)
    return found.value


@cache
def solved(claim: str, asked: Callable[..., Answers], knob: str, truth: float, base: Habits = USUAL) -> Habits:
    """Habits under which a measure has this truth; `knob` is a share that sets it."""

    def off(share: float) -> float:
        return in_population(claim, asked, replace(base, **{knob: share})) - truth

    most = 0.5 if knob == "mistaken" else 0.995  # beyond one half scales are consistent again
    return replace(base, **{knob: float(optimize.brentq(off, 0.005, most, xtol=1e-3))})


def _no_prompt(truth: float, m: int, rng: np.random.Generator) -> Answers:
    """Draws alike under all prompts at the boundary; beyond it some are locked."""
    alike = replace(USUAL, locked=0.0, apart=0.0)
    return drawn(solved("beyond-noise", drawn, "locked", truth, alike) if truth else alike, m, rng)


def _keeping(truth: float, m: int, rng: np.random.Generator) -> Answers:
    """Text of which this share keeps its meaning in reversed order: what says the middle always does."""
    return greedy(replace(USUAL, locked=(1 - truth) / OFF_MIDDLE), m, rng)


FAMILY = Habits(swayed=0.482, locked=0.478)
"""Where shifts of text lie on their boundaries, and draws are alike under all prompts."""
PRIMARY = ("template-shift", "order-shift", "beyond-noise")


def _family(truth: float, rng: np.random.Generator) -> dict[str, Found]:
    who = people(FAMILY.mistaken, CHARACTERS, rng)
    said = np.repeat(who.say[:, :, None], 2 * len(TEMPLATES), axis=2)
    draws = [Ratings(turned(said, FAMILY.loose, rng)) for _ in range(DRAWS)]
    found, w = answers(keyed=Ratings(keyed(text(who, FAMILY, rng))), draws=draws), weights(rng)
    return {name: MEASURES[name](found, w) for name in PRIMARY}


def _world(
    kind: str,
    what: str,
    claim: str,
    rule: Rule,
    truths: tuple[float, ...],
    asked: Callable[[float, int, np.random.Generator], Answers],
) -> World:
    """A world of one claim; `asked` gives answers of so many characters at a truth."""
    shape = f"{CHARACTERS} characters: {what}"

    def study(truth: float, rng: np.random.Generator) -> Found:
        return MEASURES[claim](asked(truth, CHARACTERS, rng), weights(rng))

    return world(kind, shape, CHARACTERS, rule, truths, study)


def _solved(
    kind: str,
    what: str,
    claim: str,
    rule: Rule,
    truths: tuple[float, ...],
    knob: str,
    asked: Callable[[Habits, int, np.random.Generator], Answers] = greedy,
) -> World:
    """The same where a knob sets the truth."""
    return _world(
        kind, what, claim, rule, truths, lambda truth, m, rng: asked(solved(claim, asked, knob, truth), m, rng)
    )


SHIFT, SHARE, CORRELATION = "score shift", "share of answers", "correlation over respondents"
WORLDS: list[World] = [
    _solved(SHIFT, "between templates", "template-shift", greater(0.25), (0.25, 0.3, 0.4), "swayed"),
    _solved(SHIFT, "between orders", "order-shift", greater(0.25), (0.25, 0.35, 0.9), "locked"),
    _solved(SHIFT, "one order less another", "untaught-order", greater(0), (0.0, 0.1, 0.3), "taught"),
    _world("distance beyond noise", "4 draws", "beyond-noise", greater(0), (0.0, 0.01, 0.03), _no_prompt),
    _solved("share of significant tests", "unkeyed less keyed", "keying", greater(0), (0.0, 0.05, 0.2), "first"),
    _world(SHARE, "kept in reversed order", "order-symmetry", less(0.5), (0.5, 0.45, 0.35), _keeping),
    _world(SHARE, "one share kept less another", "label-over-place", greater(0), (0.0, 0.1, 0.3), rearranged),
    _world(SHARE, "turned round by a negation", "negation", less(0.5), (0.5, 0.45, 0.4), negated),
    _solved(CORRELATION, "with true levels", "profile-recovered", greater(0.5), (0.5, 0.6, 0.8), "mistaken"),
    _solved(CORRELATION, "of two orders", "order-reliability", less(0.7), (0.7, 0.5, 0.0), "locked"),
    _solved(
        CORRELATION, "gain by averaging layouts", "cyclic-average", greater(0), (0.0, 0.02, 0.035), "locked", shifted
    ),
    _solved("Cronbach's alpha", f"{ITEMS} items", "alpha", greater(0.7), (0.7, 0.8, 0.86), "mistaken"),
    World(
        "family",
        f"self_assessment, {len(PRIMARY)} primary claims, {CHARACTERS} characters",
        CHARACTERS,
        (0.0,),
        _family,
        {name: claims.rules("self_assessment")[name] for name in PRIMARY},
    ),
]
