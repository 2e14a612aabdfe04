"""What the live answers say: one estimate a claim of self_assessment.ipynb, and the tables beside them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from common import guards
from common.arrays import Floats
from common.stats.estimates import Estimate, Found, Undefined
from replications.self_assessment import arrangements, reliability, shifts
from replications.self_assessment import control as live
from replications.self_assessment import tables as method
from replications.self_assessment.answers import ORDERS, TEMPLATES, TRAITS
from replications.self_assessment.control import Answers, Weights, average, estimate
from replications.self_assessment.shifts import CONDITIONS, PAIRS, Ratings

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


def estimates(
    answers: Answers, w: Weights, templates: Sequence[str], losses: pd.DataFrame, readouts: pd.DataFrame
) -> dict[str, Found]:
    """One estimate a claim, by claim id.

    Args:
        answers: all of them.
        w: weights of the data and its resamples.
        templates: those that pass the control (see `live.passing`).
        losses: dropped answers (`method.dropped`); claims about text need most answers to be read.
        readouts: option masses (`readout_table`); claims about options need labels that the model would say.
    """
    found = _estimates(answers, w, templates)
    dropped, asked = (losses.groupby("template")[column].sum().to_dict() for column in ("dropped", "n"))
    for claim in found:
        used = TEMPLATES if claim in OF_ALL else templates
        for template in used if claim not in OF_OPTIONS else ():
            found[claim] = guards.read(found[claim], dropped[template], asked[template], f"answers to {template}")
        for template in used if claim in OF_OPTIONS else ():
            if template in LISTED or not OF_OPTIONS[claim]:
                mass = readouts.loc[readouts["template"] == template, "mass"]
                found[claim] = guards.said(found[claim], mass, f"the labels of {template}")
    return found


def _estimates(answers: Answers, w: Weights, templates: Sequence[str]) -> dict[str, Found]:
    lists = [template for template in templates if template in LISTED]
    keyed, expected = answers.keyed, answers.expected
    return {
        "profile-recovered": recovered(answers, w),
        "template-shift": needs(templates, 2, lambda: template_shift(keyed, w, templates)),
        "order-shift": needs(templates, 1, lambda: order_shift(keyed, w, templates)),
        "beyond-noise": needs(templates, 1, lambda: beyond_noise(answers, w, templates)),
        "order-symmetry": needs(templates, 1, lambda: kept(keyed.differences[:, :, of_orders(templates)], w)),
        "order-reliability": needs(templates, 1, lambda: between_orders(keyed, w, templates)),
        "untaught-order": needs(templates, 3, lambda: untaught_order(keyed, w)),
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
    return estimate(live.recovery(answers.keyed.values, answers.levels, w)[:, ORIGINAL].mean(1), w)


def template_shift(ratings: Ratings, w: Weights, templates: Sequence[str]) -> Found:
    """Mean shift of a trait score between two templates, beyond exchangeable answers."""
    return estimate(average(shifts.shift(ratings, w.items)[..., of_templates(templates)], w.respondents), w)


def order_shift(ratings: Ratings, w: Weights, templates: Sequence[str]) -> Found:
    """Mean shift of a trait score between the two orders, beyond exchangeable answers."""
    return estimate(average(shifts.shift(ratings, w.items)[..., of_orders(templates)], w.respondents), w)


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
    found = live.scores(ratings.values, w.items)
    pairs = [[CONDITIONS.index((template, order)) for order in ORDERS] for template in templates]
    each = [live.correlation(found[..., a], found[..., b], w.respondents) for a, b in pairs]
    return estimate(np.mean(each, axis=0), w)


def untaught_order(ratings: Ratings, w: Weights) -> Found:
    """Order shift of WHO and ENFJ less that of MPI."""
    shift = shifts.shift(ratings, w.items)
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
    gain = live.recovery(over_shifts, answers.levels, w) - live.recovery(alone, answers.levels, w)
    return estimate(gain.mean(1), w)


def negation(answers: Answers, w: Weights, templates: Sequence[str]) -> Found:
    """Share of answers on one side of the middle whose counterpart for the negated item is on the other."""
    columns = [TEMPLATES.index(template) for template in templates]
    return estimate(average(shifts.share_equal(1 - live.flips(answers)[:, :, columns], w.items), w.respondents), w)


def keying(answers: Answers, w: Weights) -> Found:
    """Share of 30 comparisons significant with keys ignored, less the same with keys applied (Mann-Whitney)."""
    share = [
        shifts.significant(shifts.mann_whitney_p(ratings, w.items), method.CLAIM_ALPHA, correct=False).mean((2, 3))
        for ratings in (answers.unkeyed, answers.keyed)
    ]
    return estimate(average(share[0] - share[1], w.respondents), w)


def alphas(answers: Answers, w: Weights) -> Found:
    """Cronbach's alpha over respondents, mean over traits and templates in original order."""
    if len(answers.levels) < 3:
        return Undefined(f"alpha needs several respondents, got {len(answers.levels)}")
    scales = [answers.keyed.values[:, t, c] for t in range(len(TRAITS)) for c in ORIGINAL]
    each = [of_complete(scale, w.respondents) for scale in scales]
    return estimate(np.mean(each, axis=0), w)


def of_complete(scale: Floats, respondents: Floats) -> Floats:
    """Alpha of a scale [m, i] over the respondents who answered all of it, for each weighting [r, m]."""
    complete = np.isfinite(scale).all(1)
    if complete.sum() < 3:
        return np.full(len(respondents), np.nan)
    return reliability.alpha(scale[complete], respondents[:, complete])


def recovery_table(answers: Answers, w: Weights) -> pd.DataFrame:
    """Recovery by template, order and readout, with 95% intervals (NaN where undefined); empty without true levels."""
    readouts = {"text": answers.keyed.values, "options": answers.expected.values}
    rows: list[dict[str, Any]] = []
    for readout, ratings in readouts.items() if np.isfinite(answers.levels).any() else ():
        found = live.recovery(ratings, answers.levels, w)
        for c, (template, order) in enumerate(CONDITIONS):
            row = {"readout": readout, "template": template, "order": order}
            rows.append(row | estimate(found[:, c], w).columns("value", alone=True))
    return pd.DataFrame(rows, columns=["readout", "template", "order", "value", "low", "high"])


def shift_table(answers: Answers, w: Weights) -> pd.DataFrame:
    """Distance of trait scores in points, by pair of prompts and readout, with 95% intervals.

    `text` and `options` are beyond exchangeable answers; `draws` and `same prompt` are raw distances at temperature 1.
    """
    between, within = distances(answers.draws, w)
    series = {
        "text": shifts.shift(answers.keyed, w.items),
        "options": shifts.shift(answers.expected, w.items),
        "draws": between,
        "same prompt": within,
    }
    rows = [
        {"series": name, "pair": pair}
        | estimate(average(values[..., k : k + 1], w.respondents), w).columns("value", alone=True)
        for name, values in series.items()
        for k, pair in enumerate(shifts.PAIR_NAMES)
    ]
    return pd.DataFrame(rows)


def kept_table(answers: Answers, w: Weights) -> pd.DataFrame:
    """Share of items that keep the meaning of their likeliest answer when options are rearranged, by template."""
    rows = [
        {"template": template, "arrangement": arm, **kept(differences[:, :, [c]], w).columns("value", alone=True)}
        for arm in ("reversed", "moved", "relabelled")
        for differences in [answers.likeliest["original"] - answers.likeliest[arm]]
        for c, template in enumerate(TEMPLATES)
    ]
    return pd.DataFrame(rows)


def label_preference(options: pd.DataFrame) -> pd.DataFrame:
    """Mean probability of each label over the five cyclic shifts, by template.

    Each meaning stands once at each label, so that a respondent who goes by meaning gives every label a fifth.
    """
    over = options[options["order"].isin(arrangements.SHIFTS) & options["template"].isin(LISTED)]
    return over.groupby("template", sort=False)[[f"p{k}" for k in range(1, 6)]].mean().reset_index()


def reliability_table(answers: Answers) -> pd.DataFrame:
    """Alpha and omega of each trait's scale over respondents, by template and order (greedy; None where undefined)."""
    rows = []
    for c, (template, order) in enumerate(CONDITIONS):
        for t, trait in enumerate(TRAITS):
            scale = answers.keyed.values[:, t, c]
            complete = scale[np.isfinite(scale).all(1)]
            enough = len(complete) >= 3
            row = {"template": template, "order": order, "trait": trait, "n": len(complete)}
            both = (float(reliability.alpha(complete)), reliability.omega(complete)) if enough else (np.nan, np.nan)
            rows.append(row | dict(zip(("alpha", "omega"), both, strict=True)))
    return pd.DataFrame(rows)


def profile_table(answers: Answers) -> pd.DataFrame:
    """Trait scores (greedy, keyed) and true levels (NaN if unknown): a row a template, order, respondent, trait."""
    keyed = live.scores(answers.keyed.values, np.ones((1, *answers.keyed.values.shape[1::2])))[0]
    rows = [
        {"template": template, "order": order, "respondent": m, "trait": trait}
        | {"level": answers.levels[m, t], "score": keyed[m, t, c]}
        for c, (template, order) in enumerate(CONDITIONS)
        for m in range(len(keyed))
        for t, trait in enumerate(TRAITS)
    ]
    return pd.DataFrame(rows)


def count_table(answers: Answers, alpha: float = method.CLAIM_ALPHA) -> pd.DataFrame:
    """Significant comparisons of 30 a respondent by scoring, test and correction: mean, least and most."""
    data = {"unkeyed": answers.unkeyed, "keyed": answers.keyed}
    ones = np.ones((1, *answers.keyed.values.shape[1::2]))
    rejected = method.significance(data, ones, alpha)
    counts = {name: values[0].sum((1, 2)) for name, values in rejected.items()}
    rows = [{"test": name, "mean": n.mean(), "least": n.min(), "most": n.max()} for name, n in counts.items()]
    return pd.DataFrame(rows)


def negation_table(answers: Answers, w: Weights) -> pd.DataFrame:
    """What the negation of an item does to its answer, by template.

    `flipped` is the share of answers off the middle that change sides, with its interval; `yea_saying` the mean
    agreement with an item and its negation, less 3: 0 for a consistent respondent.
    """
    flipped = live.flips(answers)
    rows = []
    for c, template in enumerate(TEMPLATES):
        both = (answers.original[:, :, c] + answers.negated[:, :, c]) / 2 - 3
        n = int(np.isfinite(flipped[:, :, c]).sum())
        mean = float(np.nanmean(both)) if np.isfinite(both).any() else np.nan
        found = negation(answers, w, [template]).columns("value", alone=True)
        rows.append({"template": template, "n": n, **found, "yea_saying": mean})
    return pd.DataFrame(rows)


def negation_counts(answers: Answers) -> Floats:
    """How often an item got agreement a and its negation agreement b, by template: [c, a, b], both from 1 to 5."""
    one_hot = [(ratings[..., None] == shifts.RATINGS).astype(float) for ratings in (answers.original, answers.negated)]
    counts: Floats = np.einsum("mtcia,mtcib->cab", *one_hot, optimize=True)
    return counts


def readout_table(greedy: pd.DataFrame, options: pd.DataFrame) -> pd.DataFrame:
    """Text against option probabilities, by template and order: n, share of answers read, share of those that name the
    likeliest label, and the mean probability mass of the five labels.
    """
    cell = ["model", "template", "order", "item"]
    both = greedy.merge(options[[*cell, "label", "mass"]], on=cell, suffixes=("", "_likeliest"))
    both = both.assign(
        read=both["label"].notna(), same=both["label"].eq(both["label_likeliest"]).where(both["label"].notna())
    )
    groups = both.groupby(["template", "order"], sort=False)
    return groups.agg(
        n=("item", "size"), read=("read", "mean"), same=("same", "mean"), mass=("mass", "mean")
    ).reset_index()


def metrics(
    found: Mapping[str, Found], templates: Sequence[str], losses: pd.DataFrame, readable: Mapping[str, float]
) -> dict[str, Any]:
    """Headline numbers: what passed the control, how much was read and dropped, and every estimate that exists."""
    return {
        "templates_that_pass": len(templates),
        "read_in_the_worse_order": dict(readable),
        "dropped": int(losses["dropped"].sum()),
        "refusals": int(losses["refusals"].sum()),
        "asked": int(losses["n"].sum()),
        "estimates": {name: e.value for name, e in found.items() if isinstance(e, Estimate)},
    }
