"""The paper's procedure on recorded answers: score, compare prompts, judge the claims.

Gupta, Song and Anumanchipalli ask each of 300 IPIP-NEO items under three prompt templates and two
option orders, and compare trait scores between prompts with rank tests over items. Two scorings run
side by side everywhere: `unkeyed`, as the released code computes it (an item's reverse key is read as
text and compared with a number, so it never applies), and `keyed`, as the inventory means it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from common import claims
from common.arrays import Floats
from common.stats import intervals
from common.stats.estimates import Estimate, Found, Undefined
from common.stats.resamples import reflected, resample_weights
from replications.self_assessment import shifts
from replications.self_assessment.answers import MODELS, ORDERS, TRAITS
from replications.self_assessment.params import RecordedParams
from replications.self_assessment.shifts import ORDER_PAIRS, PAIR_NAMES, TEMPLATE_PAIRS, Ratings

SCORINGS = {"unkeyed": "agreement", "keyed": "keyed"}
PUBLISHED_COUNTS = {"gpt-3.5-turbo": 29, "llama-2-7b": 24, "llama-2-13b": 26, "llama-2-70b": 19}
"""Rejected null hypotheses of 30 a model, second-hand: as one note reports them; another confirms the first."""

CLAIM_ALPHA = 0.05  # of the tests that the claims count; the notebook's `alpha` is for looking around

ONE_RUN = Undefined("needs repeated answers at temperature 1: the recorded ones hold one run a prompt")

BETWEEN_TEMPLATES = slice(0, len(TEMPLATE_PAIRS))
BETWEEN_ORDERS = slice(len(TEMPLATE_PAIRS), len(TEMPLATE_PAIRS) + len(ORDER_PAIRS))


def weights(params: RecordedParams, items: int = 60) -> Floats:
    """Item weights of the data and of bootstrap resamples within traits, [1 + resamples, t, i]."""
    return resample_weights(items, params.resamples, np.random.default_rng(params.seed), (len(TRAITS),))


def trait_table(scored: pd.DataFrame) -> pd.DataFrame:
    """Mean, SD over items (ddof 0, as in the released code) and n by scoring, model, condition and trait."""
    parts = []
    for scoring, column in SCORINGS.items():
        cells = scored.groupby(["model", "template", "order", "trait"], sort=False)[column]
        table = cells.agg(mean="mean", sd=lambda x: x.std(ddof=0), n="count").reset_index()
        parts.append(table.assign(scoring=scoring))
    return pd.concat(parts, ignore_index=True)


def significance(data: Mapping[str, Ratings], w: Floats, alpha: float) -> dict[str, Floats]:
    """Rejections as 0/1, shape [r, m, t, p], by "<scoring>[_paired][_holm]"."""
    rejected = {}
    for scoring, ratings in data.items():
        for test, p in (("", shifts.mann_whitney_p(ratings, w)), ("_paired", shifts.wilcoxon_p(ratings, w))):
            for correction in ("", "_holm"):
                rejects = shifts.significant(p, alpha, correct=bool(correction))
                rejected[f"{scoring}{test}{correction}"] = rejects.astype(float)
    return rejected


def estimates(data: Mapping[str, Ratings], w: Floats) -> dict[str, Found]:
    """One estimate a testable claim, by claim id; every interval resamples the same items, every test is at .05."""
    rejected = significance(data, w, CLAIM_ALPHA)
    shift = shifts.shift(data["keyed"], w)
    share = {name: values.mean((1, 2, 3)) for name, values in rejected.items()}
    kept = shifts.share_kept(data["unkeyed"], w)[:, :, BETWEEN_ORDERS]
    counts = dict(zip(MODELS, rejected["unkeyed"][0].sum((1, 2)), strict=True))
    matching = sum(counts[model] == published for model, published in PUBLISHED_COUNTS.items())
    return {
        "counts": intervals.recount(matching, n=len(MODELS)),
        "template-shift": over_items(shift[..., BETWEEN_TEMPLATES].mean((1, 2, 3))),
        "order-shift": over_items(shift[..., BETWEEN_ORDERS].mean((1, 2, 3))),
        "most-significant": over_items(share["keyed_paired_holm"]),
        "most-significant-as-published": over_items(share["unkeyed"]),
        "order-symmetry": over_items(kept.mean((1, 2))),
        "keying": over_items(share["unkeyed"] - share["keyed"]),
        "beyond-noise": ONE_RUN,
    }


def shift_metrics(data: Mapping[str, Ratings], w: Floats) -> dict[str, Any]:
    """Mean shift beyond noise between templates and between orders by scoring and model, with 95% intervals."""
    kinds = {"templates": BETWEEN_TEMPLATES, "orders": BETWEEN_ORDERS}
    return {
        scoring: {kind: _by_model(shifts.shift(ratings, w)[..., pairs].mean((2, 3))) for kind, pairs in kinds.items()}
        for scoring, ratings in data.items()
    }


def shift_margin() -> float:
    """Margin of the claims about shifts, in points."""
    return claims.rules("self_assessment")["template-shift"].margin


def count_metrics(rejected: Mapping[str, Floats], models: Sequence[str] = MODELS) -> dict[str, dict[str, int]]:
    """Significant tests of 30 by scoring, test, correction and model."""
    return {
        name: {model: int(count) for model, count in zip(models, values[0].sum((1, 2)), strict=True)}
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
    lie; this is the bias that the intervals of the shares carry.
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
        row: dict[str, Any] = {"model": model, "template": template, "n": len(both)}
        for name, same in (
            ("same_content", content["original"] == content["reversed"]),
            ("same_label", same_label),
        ):
            row |= intervals.wilson(int(same.sum()), len(both)).columns(name)
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
        agreement = {
            "plus": plus.mean(),
            "minus": minus.mean(),
            "yea_saying": (plus.mean() + minus.mean()) / 2 - 3,
        }
        cell = {"model": model, "template": template, "order": order, "n": len(answered)}
        rows.append(cell | agreement | {"low": twice.low / 2, "high": twice.high / 2})
    return pd.DataFrame(rows)


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


def over_items(values: Floats) -> Estimate:
    """Estimate from a statistic of the data (first) and of resamples of their 300 items (the rest).

    The interval is the basic bootstrap's: resampling noise pushes absolute differences up (and counts
    towards one half) a second time.
    """
    return reflected(values, 300, "300 items within traits")


def _by_model(values: Floats) -> dict[str, dict[str, float]]:
    found = {model: over_items(values[:, m]) for m, model in enumerate(MODELS)}
    return {model: e.columns("estimate", alone=True) for model, e in found.items()}
