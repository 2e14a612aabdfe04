"""The figures of the self-assessment replication: each takes tables from `method` and returns a figure."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from common import plots as draw
from common.figures import GREY, PALETTE
from replications.self_assessment.answers import FACETS, MODELS, TEMPLATES, TRAIT_NAMES, TRAITS
from replications.self_assessment.shifts import CONDITIONS

COLOUR = dict(zip(TEMPLATES, PALETTE, strict=False))
MARKER = {"original": "o", "reversed": "s"}


def trait_scores(table: pd.DataFrame) -> Figure:
    """Mean trait scores under the six prompts, unkeyed above keyed; bars are 95% intervals over items."""
    cells = table.set_index(["scoring", "model", "template", "order", "trait"]).sort_index()
    figure, axes = plt.subplots(2, 4, figsize=(11, 5.6), sharey=True, sharex=True)
    for row, scoring in zip(axes, ("unkeyed", "keyed"), strict=True):
        for ax, model in zip(row, MODELS, strict=True):
            for k, (template, order) in enumerate(CONDITIONS):
                cell = cells.xs((scoring, model, template, order)).loc[TRAITS]
                ax.errorbar(
                    np.arange(5) + (k - 2.5) * 0.12,
                    cell["mean"],
                    1.96 * cell["sd"] / np.sqrt(cell["n"]),
                    fmt=MARKER[order],
                    color=COLOUR[template],
                    mfc="white" if order == "reversed" else None,
                    ms=4,
                    lw=1,
                    label=f"{template}, {order}",
                )
            draw.null_line(ax, 3, ":")
            ax.set(title=model if scoring == "unkeyed" else "", ylim=(1, 5), xticks=range(5), xticklabels=TRAITS)
        row[0].set_ylabel(f"trait score, {scoring}\n(mean of 47-60 items)")
    figure.supxlabel("trait: " + ", ".join(f"{t} {name}" for t, name in TRAIT_NAMES.items()), fontsize=9)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=6, fontsize=9)
    return figure


def significant_counts(counts: Mapping[str, Mapping[str, int]], published: Mapping[str, int], alpha: float) -> Figure:
    """How many of a model's 30 comparisons are significant, from the paper's procedure to the strictest."""
    series = {
        "unkeyed": "as published: keys ignored, unpaired",
        "keyed": "keys applied, unpaired",
        "keyed_paired": "keys applied, paired",
        "keyed_paired_holm": "keys applied, paired, Holm",
    }
    figure, ax = plt.subplots(figsize=(8, 3.9))
    x = np.arange(len(MODELS))
    for k, (name, label) in enumerate(series.items()):
        values = [counts[name][model] for model in MODELS]
        bars = ax.bar(x + (k - 1.5) * 0.2, values, 0.19, label=label, color=PALETTE[k])
        ax.bar_label(bars, fontsize=8, padding=5 if k == 0 else 1)
    ax.plot(x - 0.3, [published[m] for m in MODELS], "kD", ms=6, mfc="white", label="the paper's count (second-hand)")
    ax.set(xticks=x, xticklabels=MODELS, ylim=(0, 37), ylabel=f"significant at {alpha:g}\n(of 30 comparisons a model)")
    ax.grid(axis="x", visible=False)
    ax.legend(ncols=2, fontsize=8.5, loc="upper right")
    return figure


def shifts_by_model(metrics: Mapping[str, Any], margin: float) -> Figure:
    """Mean shift of a trait score when only the prompt changes, beyond the noise floor."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), sharey=True)
    titles = {"templates": "between two templates", "orders": "between the two option orders"}
    for ax, (kind, title) in zip(axes, titles.items(), strict=True):
        for k, scoring in enumerate(("unkeyed", "keyed")):
            rows = pd.DataFrame([metrics[scoring][kind][model] for model in MODELS])
            x = np.arange(4) + (k - 0.5) * 0.2
            draw.points(ax, x, rows, "estimate", alone=True, fmt="os"[k], capsize=3, label=scoring)
        ax.axhline(margin, color=GREY, ls="--", lw=1)
        ax.text(1.5, margin - 0.02, "claim's margin", color=GREY, va="top", ha="center", fontsize=8)
        draw.null_line(ax)
        ax.set(title=title, xticks=range(4), xticklabels=MODELS, ylim=(-0.15, 1.3), xlim=(-0.5, 3.5))
        ax.tick_params(axis="x", labelsize=8)
    axes[0].legend(fontsize=8.5, loc="upper right")
    axes[0].set_ylabel("mean |shift| beyond noise\n(points of 1-5, 300 items, 95% interval)")
    return figure


def order_consistency(table: pd.DataFrame) -> Figure:
    """Same item, options reversed: does the answer keep its meaning or its label?"""
    figure, axes = plt.subplots(1, 4, figsize=(11, 3.2), sharey=True)
    names = {"same_content": ("keeps its meaning", "o"), "same_label": ("keeps its label", "s")}
    for ax, model in zip(axes, MODELS, strict=True):
        rows = table[table["model"] == model].set_index("template").loc[TEMPLATES]
        for k, (name, (label, marker)) in enumerate(names.items()):
            draw.points(ax, np.arange(3) + (k - 0.5) * 0.16, rows, name, fmt=marker, capsize=3, label=label)
        labels = [f"{t}\nn={n}" for t, n in rows["n"].items()]
        ax.set(title=model, ylim=(0, 1), xlim=(-0.5, 2.5), xticks=range(3), xticklabels=labels)
    axes[0].set_ylabel("share of items (95% Wilson)")
    axes[0].legend(fontsize=8.5, loc="upper left")
    return figure


def yea_saying(table: pd.DataFrame) -> Figure:
    """Agreement with items and their reverses alike; 0 for a respondent whose answers express traits."""
    figure, axes = plt.subplots(1, 4, figsize=(11, 3.2), sharey=True)
    for ax, model in zip(axes, MODELS, strict=True):
        for k, order in enumerate(("original", "reversed")):
            rows = table[(table["model"] == model) & (table["order"] == order)].set_index("template").loc[TEMPLATES]
            x, look = np.arange(3) + (k - 0.5) * 0.16, {"fmt": MARKER[order], "capsize": 3}
            draw.points(ax, x, rows, "yea_saying", alone=True, label=f"{order} order", **look)
        draw.null_line(ax)
        ax.set(title=model, ylim=(-2, 2), xlim=(-0.5, 2.5), xticks=range(3), xticklabels=TEMPLATES)
    axes[0].set_ylabel("mean agreement less 3\n(252-300 items, 95% interval)")
    axes[0].legend(fontsize=8.5, loc="lower left")
    return figure


def dropped_answers(cells: pd.DataFrame, facets: pd.DataFrame, most: int = 12) -> Figure:
    """Dropped answers: by model and prompt, and by the facet of the item."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8))
    labels = [f"{t} {o[0]}" for t in TEMPLATES for o in ("original", "reversed")]
    for k, model in enumerate(MODELS):
        rows = cells[cells["model"] == model]
        left.bar(np.arange(6) + (k - 1.5) * 0.2, rows["dropped"], 0.19, color=PALETTE[k], label=model)
    left.set(title="by prompt (o original, r reversed)", xticks=range(6), xticklabels=labels)
    left.set_ylabel("answers dropped (of 300)")
    left.legend(fontsize=8.5)
    top = facets.head(most)[::-1]
    right.barh(range(len(top)), top["dropped"], color=PALETTE[0])
    right.set(title=f"by facet, the {most} most affected of {len(facets)}", yticks=range(len(top)))
    right.set_yticklabels([f"{code} {FACETS[code[0]][int(code[1]) - 1]}" for code in top["facet"]])
    right.set_xlabel(f"answers dropped (of {top['n'].iloc[0]}: 10 items x 24 cells)")
    for ax, axis in ((left, "x"), (right, "y")):
        ax.grid(axis=axis, visible=False)
    return figure
