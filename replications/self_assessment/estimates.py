"""What the claims rest on: one estimate a claim, of recorded answers and of answers asked live.

Both go through `shifts`, which compares prompts. Live there are many respondents whose true profile is known, and
claims about prompts use the templates that pass the control.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from common import claims, guards
from common.arrays import Floats
from common.stats import intervals
from common.stats.estimates import Estimate, Found, Undefined
from replications.self_assessment import arrangements, control, reliability, shifts
from replications.self_assessment.answers import MODELS, ORDERS, TEMPLATES, TRAITS
from replications.self_assessment.experiment import Answers
from replications.self_assessment.shifts import BETWEEN_ORDERS, BETWEEN_TEMPLATES, CONDITIONS, PAIRS, Ratings
from replications.self_assessment.weighting import Weights, average, estimate, over_items, scores

PUBLISHED_COUNTS = {"gpt-3.5-turbo": 29, "llama-2-7b": 24, "llama-2-13b": 26, "llama-2-70b": 19}
"""Rejected null hypotheses of 30 a model, second-hand: as one note reports them; another confirms the first."""
CLAIM_ALPHA = 0.05  # of the tests that the claims count; the notebook's `alpha` is for looking around
ONE_RUN = Undefined("needs repeated answers at temperature 1: the recorded ones hold one run a prompt")
LISTED = list(arrangements.TEXTS)
ORIGINAL = [CONDITIONS.index((template, "original")) for template in TEMPLATES]
TRUTH = "no known profile to recover: this needs the lab's characters"
OF_OPTIONS = {
    "template-shift-options": False, "order-shift-options": False, "label-over-place": True, "cyclic-average": True,
}  # fmt: skip
"""Claims about option probabilities, and whether they are about the templates with a list of options alone."""
FEW_ITEMS = Undefined(
    "needs 60 items a trait and a chat model that follows the templates: with the 12 of the lab's inventory a paired "
    "test survives Holm's correction over 30 only where all differences are nearly alike"
)
OF_ALL = ("profile-recovered", "keying", "alpha")
"""Claims about all templates, whichever pass the control."""


def recorded(data: Mapping[str, Ratings], w: Floats) -> dict[str, Found]:
    """One estimate a testable claim about recorded answers, by claim id.

    Every interval resamples the same items, every test is at .05.
    """
    rejected = shifts.significance(data, w, CLAIM_ALPHA)
    share = {name: values.mean((1, 2, 3)) for name, values in rejected.items()}
    counts = dict(zip(MODELS, rejected["unkeyed"][0].sum((1, 2)), strict=True))
    matching = sum(counts[model] == published for model, published in PUBLISHED_COUNTS.items())
    return {
        "counts": intervals.recount(matching, n=len(MODELS)),
        "template-shift": moved(data["keyed"], w, BETWEEN_TEMPLATES),
        "order-shift": moved(data["keyed"], w, BETWEEN_ORDERS),
        "most-significant": over_items(share["keyed_paired_holm"]),
        "most-significant-as-published": over_items(share["unkeyed"]),
        "order-symmetry": kept_by_models(data["unkeyed"], w),
        "keying": over_items(share["unkeyed"] - share["keyed"]),
        "beyond-noise": ONE_RUN,
    }


def moved(ratings: Ratings, w: Floats, pairs: slice) -> Estimate:
    """Mean shift of recorded models' trait scores between some pairs of prompts, beyond exchangeable answers."""
    measured = shifts.distance(ratings.differences, w[:1])[..., pairs].mean()
    return over_items(shifts.shift(ratings, w)[..., pairs].mean((1, 2, 3)), most=float(measured))


def kept_by_models(ratings: Ratings, w: Floats) -> Estimate:
    """Share of items whose recorded answer keeps its meaning when the options are reversed, mean over models."""
    return over_items(shifts.share_equal(ratings.differences, w)[:, :, BETWEEN_ORDERS].mean((1, 2)))


def shift_margin() -> float:
    """Margin of the claims about shifts, in points."""
    return claims.rules("self_assessment")["template-shift"].margin


def live(
    answers: Answers, w: Weights, templates: Sequence[str], losses: pd.DataFrame, readouts: pd.DataFrame
) -> dict[str, Found]:
    """One estimate a claim about answers asked live, by claim id.

    Args:
        answers: all of them.
        w: weights of the data and its resamples.
        templates: those that pass the control (see `control.passing`).
        losses: dropped answers (`tables.dropped`); claims about text need most answers to be read.
        readouts: option masses (`tables.readout_table`); claims about options need labels that the model would say.
    """
    found = _unguarded(answers, w, templates)
    dropped, questions = (losses.groupby("template")[column].sum().to_dict() for column in ("dropped", "n"))
    for claim in found:
        used = TEMPLATES if claim in OF_ALL else templates
        for template in used if claim not in OF_OPTIONS else ():
            found[claim] = guards.read(found[claim], dropped[template], questions[template], f"answers to {template}")
        for template in used if claim in OF_OPTIONS else ():
            if template in LISTED or not OF_OPTIONS[claim]:
                mass = readouts.loc[readouts["template"] == template, "mass"]
                found[claim] = guards.said(found[claim], mass, f"the labels of {template}")
    return found


def _unguarded(answers: Answers, w: Weights, templates: Sequence[str]) -> dict[str, Found]:
    lists = [template for template in templates if template in LISTED]
    keyed, expected = answers.keyed, answers.expected
    return {
        "profile-recovered": recovered(answers, w),
        "template-shift": needs(templates, 2, lambda: template_shift(keyed, w, templates)),
        "order-shift": needs(templates, 1, lambda: order_shift(keyed, w, templates)),
        "beyond-noise": needs(templates, 1, lambda: beyond_noise(answers, w, templates)),
        "order-symmetry": needs(templates, 1, lambda: kept(keyed.differences[:, :, of_orders(templates)], w)),
        "order-reliability": needs(templates, 1, lambda: between_orders(keyed, w, templates)),
        "untaught-order": needs(templates, 3, lambda: untaught_order(answers, w)),
        "template-shift-options": needs(templates, 2, lambda: template_shift(expected, w, templates)),
        "order-shift-options": needs(templates, 1, lambda: order_shift(expected, w, templates)),
        "label-over-place": needs(lists, 1, lambda: label_over_place(answers, w, lists)),
        "cyclic-average": needs(lists, 1, lambda: cyclic_average(answers, w, lists)),
        "negation": needs(templates, 1, lambda: negation(answers, w, templates)),
        "most-significant": FEW_ITEMS,
        "keying": keying(answers, w),
        "alpha": alphas(answers, w),
    }


def needs(templates: Sequence[str], count: int, found: Callable[[], Found]) -> Found:
    """The estimate, if enough templates passed the control."""
    if len(templates) >= count:
        return found()
    passed = ", ".join(templates) or "none"
    return Undefined(f"too few templates pass the positive control: {count} needed, passing: {passed}")


def of_templates(templates: Sequence[str]) -> list[int]:
    """Indices of the pairs of these templates, in original order, among `PAIRS`."""
    return [k for k, (a, b) in enumerate(PAIRS) if a[0] != b[0] and {a[0], b[0]} <= set(templates)]


def of_orders(templates: Sequence[str]) -> list[int]:
    """Indices of the pairs of orders of these templates among `PAIRS`."""
    return [k for k, (a, b) in enumerate(PAIRS) if a[0] == b[0] and a[0] in templates]


def recovered(answers: Answers, w: Weights) -> Found:
    """Recovery, mean over the three templates in original order."""
    if np.isnan(answers.levels).all():
        return Undefined(TRUTH)
    return estimate(control.recovery(answers.keyed.values, answers.levels, w)[:, ORIGINAL].mean(1), w)


def template_shift(ratings: Ratings, w: Weights, templates: Sequence[str]) -> Found:
    """Mean shift of a trait score between two templates, beyond exchangeable answers."""
    return shift_over(ratings, w, of_templates(templates))


def order_shift(ratings: Ratings, w: Weights, templates: Sequence[str]) -> Found:
    """Mean shift of a trait score between the two orders, beyond exchangeable answers."""
    return shift_over(ratings, w, of_orders(templates))


def shift_over(ratings: Ratings, w: Weights, pairs: list[int]) -> Found:
    """Mean shift of a trait score over some pairs of prompts, beyond exchangeable answers."""
    measured = average(shifts.distance(ratings.differences, w.items)[..., pairs], w.respondents)[0]
    return estimate(average(shifts.shift(ratings, w.items)[..., pairs], w.respondents), w, most=float(measured))


def beyond_noise(answers: Answers, w: Weights, templates: Sequence[str]) -> Found:
    """Mean distance of trait scores between draws under two prompts, less that between draws under one prompt."""
    between, within = distances(answers.draws, w)
    pairs = of_templates(templates) + of_orders(templates)
    return estimate(average((between - within)[..., pairs], w.respondents), w)


def distances(draws: Sequence[Ratings], w: Weights) -> tuple[Floats, Floats]:
    """Absolute differences of trait scores between one draw and the next, [r, m, t, p]: across each pair's two prompts,
    and under one prompt (the mean of the pair's two).
    """
    first, second = ([CONDITIONS.index(pair[side]) for pair in PAIRS] for side in (0, 1))
    between, within = [], []
    for one, other in zip(draws, [*draws[1:], draws[0]], strict=True):
        between.append(shifts.distance(one.values[:, :, first] - other.values[:, :, second], w.items))
        within += [shifts.distance((one.values - other.values)[:, :, side], w.items) for side in (first, second)]
    return np.mean(between, axis=0), np.mean(within, axis=0)


def kept(differences: Floats, w: Weights) -> Found:
    """Share of items whose answer keeps its meaning, over respondents; differences [m, t, p, i]."""
    return estimate(average(shifts.share_equal(differences, w.items), w.respondents), w)


def between_orders(ratings: Ratings, w: Weights, templates: Sequence[str]) -> Found:
    """Correlation of trait scores between the two orders, mean over templates."""
    found = scores(ratings.values, w.items)
    pairs = [[CONDITIONS.index((template, order)) for order in ORDERS] for template in templates]
    each = [control.correlation(found[..., a], found[..., b], w.respondents) for a, b in pairs]
    return estimate(np.mean(each, axis=0), w)


def untaught_order(answers: Answers, w: Weights) -> Found:
    """Order shift of WHO and ENFJ less that of MPI."""
    if np.isnan(answers.levels).all():
        return Undefined("which option orders this model was taught is not known: this needs the lab's models")
    shift = shifts.shift(answers.keyed, w.items)
    of = {t: average(shift[..., of_orders([t])], w.respondents) for t in TEMPLATES}
    return estimate((of["WHO"] + of["ENFJ"]) / 2 - of["MPI"], w)


def label_over_place(answers: Answers, w: Weights, lists: Sequence[str]) -> Found:
    """Share of meanings kept when options move with their labels, less the share when labels alone are turned."""
    columns = [TEMPLATES.index(template) for template in lists]
    share = {
        arm: shifts.share_equal((answers.likeliest["original"] - answers.likeliest[arm])[:, :, columns], w.items)
        for arm in ("moved", "relabelled")
    }
    return estimate(average(share["moved"] - share["relabelled"], w.respondents), w)


def cyclic_average(answers: Answers, w: Weights, lists: Sequence[str]) -> Found:
    """Recovery of the mean over five cyclic shifts less recovery in original order, expected ratings."""
    if np.isnan(answers.levels).all():
        return Undefined(TRUTH)
    columns = [LISTED.index(template) for template in lists]
    over_shifts, alone = (ratings[:, :, columns] for ratings in (answers.shifted.mean(0), answers.shifted[0]))
    gain = control.recovery(over_shifts, answers.levels, w) - control.recovery(alone, answers.levels, w)
    return estimate(gain.mean(1), w)


def negation(answers: Answers, w: Weights, templates: Sequence[str]) -> Found:
    """Share of answers on one side of the middle whose counterpart for the negated item is on the other."""
    columns = [TEMPLATES.index(template) for template in templates]
    return estimate(average(shifts.share_equal(1 - flips(answers)[:, :, columns], w.items), w.respondents), w)


def flips(answers: Answers) -> Floats:
    """1 where an item and its negation are answered on opposite sides of the middle, 0 where not: as `negated`.

    NaN where the item is answered by the middle option, or one of the two not at all.
    """
    sides = (answers.original - 3) * (answers.negated - 3)
    known = np.isfinite(sides) & (answers.original != 3)
    return np.where(known, sides < 0, np.nan)


def keying(answers: Answers, w: Weights) -> Found:
    """Share of 30 comparisons significant with keys ignored, less the same with keys applied (Mann-Whitney)."""
    share = [
        shifts.significant(shifts.mann_whitney_p(ratings, w.items), CLAIM_ALPHA, correct=False).mean((2, 3))
        for ratings in (answers.unkeyed, answers.keyed)
    ]
    return estimate(average(share[0] - share[1], w.respondents), w)


def alphas(answers: Answers, w: Weights) -> Found:
    """Cronbach's alpha over respondents, mean over traits and templates in original order."""
    if len(answers.levels) < 3:
        return Undefined(f"alpha needs several respondents, got {len(answers.levels)}")
    scales = [answers.keyed.values[:, t, c] for t in range(len(TRAITS)) for c in ORIGINAL]
    each = [of_complete(scale, w.respondents) for scale in scales]
    found = estimate(reliability.reflected(np.mean(each, axis=0)), w)
    if isinstance(found, Undefined):
        return found
    return replace(found, method=f"{found.method}, reflected on the scale of log(1 - alpha)")


def of_complete(scale: Floats, respondents: Floats) -> Floats:
    """Alpha of a scale [m, i] over the respondents who answered all of it, for each weighting [r, m]."""
    complete = np.isfinite(scale).all(1)
    if complete.sum() < 3:
        return np.full(len(respondents), np.nan)
    return reliability.alpha(scale[complete], respondents[:, complete])
