"""Every table of both notebooks, and their headline numbers.

Two scorings run side by side everywhere: `unkeyed`, as the released code computes it (an item's reverse key is read as
text and compared with a number, so it never applies), and `keyed`, as the inventory means it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from common.arrays import Floats
from common.stats import intervals
from common.stats.estimates import Estimate, Found
from replications.self_assessment import arrangements, control, reliability, shifts
from replications.self_assessment.answers import MODELS, ORDERS, SCORINGS, TEMPLATES, TRAITS
from replications.self_assessment.estimates import (
    CLAIM_ALPHA,
    LISTED,
    distances,
    flips,
    kept,
    moved,
    negation,
    shift_over,
)
from replications.self_assessment.experiment import Answers
from replications.self_assessment.shifts import BETWEEN_ORDERS, BETWEEN_TEMPLATES, CONDITIONS, PAIR_NAMES, Ratings
from replications.self_assessment.weighting import Weights, average, estimate, scores


def trait_table(scored: pd.DataFrame) -> pd.DataFrame:
    """Mean, SD over items (ddof 0, as in the released code) and n by scoring, model, condition and trait."""
    parts = []
    for scoring, column in SCORINGS.items():
        cells = scored.groupby(["model", "template", "order", "trait"], sort=False)[column]
        table = cells.agg(mean="mean", sd=lambda x: x.std(ddof=0), n="count").reset_index()
        parts.append(table.assign(scoring=scoring))
    return pd.concat(parts, ignore_index=True)


def shift_metrics(data: Mapping[str, Ratings], w: Floats) -> dict[str, Any]:
    """Mean shift beyond noise between templates and between orders by scoring and model, with 95% intervals."""
    kinds = {"templates": BETWEEN_TEMPLATES, "orders": BETWEEN_ORDERS}
    return {
        scoring: {kind: _by_model(ratings, w, pairs) for kind, pairs in kinds.items()}
        for scoring, ratings in data.items()
    }


def count_metrics(rejected: Mapping[str, Floats]) -> dict[str, dict[str, int]]:
    """Significant tests of 30 by scoring, test, correction and model."""
    return {
        name: {model: int(count) for model, count in zip(MODELS, values[0].sum((1, 2)), strict=True)}
        for name, values in rejected.items()
    }


def by_pair(rejected: Mapping[str, Floats]) -> pd.DataFrame:
    """Traits of 5 on which each pair of prompts differs: one row a test and model, one column a pair."""
    rows = [
        {"test": name, "model": model, **dict(zip(PAIR_NAMES, map(int, values[0, m].sum(0)), strict=True))}
        for name, values in rejected.items()
        for m, model in enumerate(MODELS)
    ]
    return pd.DataFrame(rows)


def excess_in_resamples(rejected: Mapping[str, Floats]) -> dict[str, float]:
    """How many more of the 120 tests reject in the average resample than in the data.

    Tests near the threshold flip on resampled items, and more of them towards the side where fewer
    lie; so the intervals of the shares are centred on the estimate.
    """
    totals = {name: values.sum((1, 2, 3)) for name, values in rejected.items()}
    return {name: round(float(total[1:].mean() - total[0]), 2) for name, total in totals.items()}


def order_consistency(scored: pd.DataFrame) -> pd.DataFrame:
    """What reversing the options does to the same item's answer, by model and template.

    Columns: n items answered in both orders; `same_content` and `same_label` shares with Wilson
    intervals; `same_label_not_neutral`, the share that repeats a label although it now means the
    opposite (the middle label means the same both ways); mean absolute difference and Spearman's rho
    of the content scores (None where one order's answers are all equal).
    """
    rows = []
    for (model, template), group in scored.groupby(["model", "template"], sort=False):
        both = group.pivot(index="item", columns="order", values=["label", "agreement"]).dropna()
        label, content = both["label"], both["agreement"]
        same_label = label["original"] == label["reversed"]
        same_content = content["original"] == content["reversed"]
        row: dict[str, Any] = {"model": model, "template": template, "n": len(both)}
        row |= intervals.wilson(int(same_content.sum()), len(both)).columns("same_content")
        row |= intervals.wilson(int(same_label.sum()), len(both)).columns("same_label")
        row["same_label_not_neutral"] = float((same_label & (label["original"] != 3)).mean())
        row["mean_abs_difference"] = float((content["original"] - content["reversed"]).abs().mean())
        constant = any(content[order].nunique() == 1 for order in ORDERS)
        row["spearman"] = None if constant else float(content["original"].corr(content["reversed"], "spearman"))
        rows.append(row)
    return pd.DataFrame(rows)


def acquiescence(scored: pd.DataFrame) -> pd.DataFrame:
    """Agreement with plus-keyed and with minus-keyed items, by model, template and order.

    `yea_saying` is the mean of the two less the scale's midpoint: 0 for a respondent who agrees with
    an item as much as it disagrees with its reverse. Twice that is the difference between plus-keyed
    items and turned-round minus-keyed ones, which gives its 95% interval (Welch, over items).
    """
    rows = []
    for (model, template, order), group in scored.groupby(["model", "template", "order"], sort=False):
        answered = group.dropna(subset="agreement")
        plus, minus = (answered.loc[answered["key"] == key, "agreement"] for key in (1, -1))
        twice = stats.ttest_ind(plus, 6 - minus, equal_var=False).confidence_interval(0.95)
        yea_saying = (plus.mean() + minus.mean()) / 2 - 3, twice.low / 2, twice.high / 2
        rows.append((model, template, order, len(answered), plus.mean(), minus.mean(), *yea_saying))
    names = ["model", "template", "order", "n", "plus", "minus", "yea_saying", "low", "high"]
    return pd.DataFrame(rows, columns=names)


def dropped(scored: pd.DataFrame) -> pd.DataFrame:
    """Dropped answers by model, template and order: how many of n, why, and how many read like refusals.

    Where answers were sampled here, also the share that ended at `max_tokens`.
    """
    groups = scored.groupby(["model", "template", "order"], sort=False)
    counts = groups.agg(
        n=("item", "size"),
        dropped=("label", lambda label: int(label.isna().sum())),
        no_label=("reason", lambda reason: int((reason == "no label").sum())),
        several_labels=("reason", lambda reason: int((reason == "several labels").sum())),
        refusals=("refusal", "sum"),
    )
    if "cut_off" in scored:
        counts["cut_off"] = groups["cut_off"].mean()
    return counts.reset_index()


def dropped_by_facet(scored: pd.DataFrame) -> pd.DataFrame:
    """Dropped answers by trait and facet over all models and conditions, most first; `n` answers asked."""
    groups = scored.assign(dropped=scored["label"].isna()).groupby(["trait", "facet"])["dropped"]
    table = groups.agg(dropped="sum", n="size").reset_index()
    return table.sort_values(["dropped", "facet"], ascending=[False, True], ignore_index=True)


def recovery_table(answers: Answers, w: Weights) -> pd.DataFrame:
    """Recovery by template, order and readout, with 95% intervals (NaN where undefined); empty without true levels."""
    readouts = {"text": answers.keyed.values, "options": answers.expected.values}
    rows: list[dict[str, Any]] = []
    for readout, ratings in readouts.items() if np.isfinite(answers.levels).any() else ():
        found = control.recovery(ratings, answers.levels, w)
        for c, (template, order) in enumerate(CONDITIONS):
            row = {"readout": readout, "template": template, "order": order}
            rows.append(row | estimate(found[:, c], w).columns("value", alone=True))
    return pd.DataFrame(rows, columns=["readout", "template", "order", "value", "low", "high"])


def shift_table(answers: Answers, w: Weights) -> pd.DataFrame:
    """Distance of trait scores in points, by pair of prompts and readout, with 95% intervals.

    `text` and `options` are beyond exchangeable answers; `draws` and `same prompt` are raw distances at temperature 1.
    """
    between, within = distances(answers.draws, w)
    series: dict[str, Callable[[list[int]], Found]] = {
        "text": lambda pairs: shift_over(answers.keyed, w, pairs),
        "options": lambda pairs: shift_over(answers.expected, w, pairs),
        "draws": lambda pairs: estimate(average(between[..., pairs], w.respondents), w),
        "same prompt": lambda pairs: estimate(average(within[..., pairs], w.respondents), w),
    }
    rows = [
        {"series": name, "pair": pair} | found([k]).columns("value", alone=True)
        for name, found in series.items()
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
            both = (float(reliability.alpha(complete)), reliability.omega(complete)) if enough else (np.nan, np.nan)
            rows.append((template, order, trait, len(complete), *both))
    return pd.DataFrame(rows, columns=["template", "order", "trait", "n", "alpha", "omega"])


def profile_table(answers: Answers) -> pd.DataFrame:
    """Trait scores (greedy, keyed) and true levels (NaN if unknown): a row a template, order, respondent, trait."""
    keyed = scores(answers.keyed.values, np.ones((1, *answers.keyed.values.shape[1::2])))[0]
    rows = [
        (template, order, m, trait, answers.levels[m, t], keyed[m, t, c])
        for c, (template, order) in enumerate(CONDITIONS)
        for m in range(len(keyed))
        for t, trait in enumerate(TRAITS)
    ]
    return pd.DataFrame(rows, columns=["template", "order", "respondent", "trait", "level", "score"])


def count_table(answers: Answers) -> pd.DataFrame:
    """Significant comparisons of 30 a respondent by scoring, test and correction: mean, least and most."""
    data = {"unkeyed": answers.unkeyed, "keyed": answers.keyed}
    ones = np.ones((1, *answers.keyed.values.shape[1::2]))
    rejected = shifts.significance(data, ones, CLAIM_ALPHA)
    counts = {name: values[0].sum((1, 2)) for name, values in rejected.items()}
    rows = [{"test": name, "mean": n.mean(), "least": n.min(), "most": n.max()} for name, n in counts.items()]
    return pd.DataFrame(rows)


def negation_table(answers: Answers, w: Weights) -> pd.DataFrame:
    """What the negation of an item does to its answer, by template.

    `flipped` is the share of answers off the middle that change sides, with its interval; `yea_saying` the mean
    agreement with an item and its negation, less 3: 0 for a consistent respondent.
    """
    flipped = flips(answers)
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
    read = both["label"].notna()
    both = both.assign(read=read, same=both["label"].eq(both["label_likeliest"]).where(read))
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


def _by_model(ratings: Ratings, w: Floats, pairs: slice) -> dict[str, dict[str, float]]:
    found = {model: moved(Ratings(ratings.values[[m]]), w, pairs) for m, model in enumerate(MODELS)}
    return {model: e.columns("estimate", alone=True) for model, e in found.items()}
