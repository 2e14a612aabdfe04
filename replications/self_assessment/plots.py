"""The figures of both notebooks: each takes tables from `tables` and returns a figure."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from common import plots as draw
from common.arrays import Floats
from common.figures import GREY, PALETTE
from replications.self_assessment.answers import FACETS, MODELS, ORDERS, TEMPLATES, TRAIT_NAMES, TRAITS
from replications.self_assessment.shifts import CONDITIONS, PAIR_NAMES

COLOUR = dict(zip(TEMPLATES, PALETTE, strict=False))
MARKER = {"original": "o", "reversed": "s"}
ARRANGED = {
    "reversed": "reversed: meanings move,\nlabels and places stay",
    "moved": "moved: options change places\nand keep their labels",
    "relabelled": "relabelled: options stay,\nlabels are turned",
}


def trait_scores(table: pd.DataFrame) -> Figure:
    """Mean trait scores under the six prompts, unkeyed above keyed; bars are 95% intervals over items."""
    cells = table.set_index(["scoring", "model", "template", "order", "trait"]).sort_index()
    figure, axes = plt.subplots(2, 4, figsize=(11, 5.6), sharey=True, sharex=True)
    for row, scoring in zip(axes, ("unkeyed", "keyed"), strict=True):
        for ax, model in zip(row, MODELS, strict=True):
            for k, (template, order) in enumerate(CONDITIONS):
                cell = cells.xs((scoring, model, template, order)).loc[TRAITS]
                x, half = np.arange(5) + (k - 2.5) * 0.12, 1.96 * cell["sd"] / np.sqrt(cell["n"])
                face, label = "white" if order == "reversed" else None, f"{template}, {order}"
                ax.errorbar(
                    x, cell["mean"], half, fmt=MARKER[order], color=COLOUR[template], mfc=face, ms=4, lw=1, label=label
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
        ax.set(title=title, xticks=range(4), xticklabels=MODELS, ylim=(-0.15, 1.4), xlim=(-0.5, 3.5))
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


def dropped_answers(cells: pd.DataFrame, facets: pd.DataFrame) -> Figure:
    """Dropped answers: by model and prompt, and by the facet of the item."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8))
    labels = [f"{t} {o[0]}" for t in TEMPLATES for o in ("original", "reversed")]
    for k, model in enumerate(MODELS):
        rows = cells[cells["model"] == model]
        left.bar(np.arange(6) + (k - 1.5) * 0.2, rows["dropped"], 0.19, color=PALETTE[k], label=model)
    left.set(title="by prompt (o original, r reversed)", xticks=range(6), xticklabels=labels)
    left.set_ylabel("answers dropped (of 300)")
    left.legend(fontsize=8.5)
    top = facets.head(12)[::-1]
    right.barh(range(len(top)), top["dropped"], color=PALETTE[0])
    right.set(title=f"by facet, the {len(top)} most affected of {len(facets)}", yticks=range(len(top)))
    right.set_yticklabels([f"{code} {FACETS[code[0]][int(code[1]) - 1]}" for code in top["facet"]])
    right.set_xlabel(f"answers dropped (of {top['n'].iloc[0]}: 10 items x 24 cells)")
    for ax, axis in ((left, "x"), (right, "y")):
        ax.grid(axis=axis, visible=False)
    return figure


def profiles(table: pd.DataFrame, said: str) -> Figure:
    """Trait scores against true levels under the six prompts; by trait where no level is known. `said`: an answer."""
    known = table["level"].notna().any()
    x = table["level"] if known else table["trait"].map(TRAITS.index) + 1
    jitter = np.random.default_rng(0).uniform(-0.15, 0.15, len(table))
    figure, axes = plt.subplots(2, 3, figsize=(9, 5.6), sharex=True, sharey=True)
    for row, order in zip(axes, ORDERS, strict=True):
        for ax, template in zip(row, TEMPLATES, strict=True):
            here = (table["template"] == template) & (table["order"] == order)
            ax.plot((x + jitter)[here], table["score"][here], "o", ms=3, alpha=0.5, color=COLOUR[template])
            means = table["score"][here].groupby(x[here]).mean()
            ax.plot(means.index, means, "k_", ms=14, mew=2)
            if known:
                ax.plot([1, 5], [1, 5], color=GREY, lw=0.8, ls="--")
            ax.set(
                title=f"{template}, {order}", xlim=(0.5, 5.5), ylim=(0.8, 5.2), xticks=range(1, 6), yticks=range(1, 6)
            )
            if not known:
                ax.set_xticklabels(TRAITS)
    names = "trait: " + ", ".join(f"{t} {name}" for t, name in TRAIT_NAMES.items())
    figure.supxlabel("true level of the trait" if known else names, fontsize=9)
    figure.supylabel(f"trait score ({said}, keyed)", fontsize=9)
    return figure


def recovery(table: pd.DataFrame, control: float, said: str) -> Figure:
    """Correlation of trait scores with the truth, by prompt and readout; `said` names what an answer is."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), sharey=True)
    for ax, (readout, title) in zip(axes, _readouts(said).items(), strict=True):
        for k, order in enumerate(ORDERS):
            rows = table[(table["readout"] == readout) & (table["order"] == order)]
            x = np.arange(len(rows)) + (k - 0.5) * 0.16
            draw.points(ax, x, rows, "value", alone=True, label=f"{order} order", **_look(MARKER[order], PALETTE[k]))
        ax.axhline(control, color=GREY, ls="--", lw=1)
        draw.null_line(ax)
        ax.set(title=title, xticks=range(3), xticklabels=TEMPLATES, xlim=(-0.5, 2.5), ylim=(-1.05, 1.05))
    axes[0].text(-0.45, control + 0.03, "control", color=GREY, fontsize=8)
    figure.legend(*axes[1].get_legend_handles_labels(), loc="outside upper right", ncols=2, fontsize=8.5)
    axes[0].set_ylabel("correlation with true levels\n(95% interval)")
    return figure


def shifts(table: pd.DataFrame, margin: float, said: str) -> Figure:
    """How far trait scores move between prompts: at temperature 0 beyond noise, and at temperature 1 beside reruns."""
    figure, axes = plt.subplots(1, 2, figsize=(11, 3.8), sharey=True)
    panels = {
        "most probable answers, beyond exchangeable ones": _readouts(said),
        "draws at temperature 1, raw distance": {"draws": "two prompts", "same prompt": "one prompt, drawn twice"},
    }
    for ax, (title, series) in zip(axes, panels.items(), strict=True):
        for k, (name, label) in enumerate(series.items()):
            rows = table[table["series"] == name]
            x = np.arange(len(PAIR_NAMES)) + (k - 0.5) * 0.2
            draw.points(ax, x, rows, "value", alone=True, label=label, **_look("os"[k], PALETTE[k]))
        draw.null_line(ax)
        ax.set(title=title, xticks=range(len(PAIR_NAMES)))
        ax.set_xticklabels(
            [name.replace("-", " -\n").replace(" order", "\norder") for name in PAIR_NAMES], fontsize=8.5
        )
        ax.legend(fontsize=8.5, loc="upper left")
        ax.margins(y=0.25)
    axes[0].axhline(margin, color=GREY, ls="--", lw=1)
    axes[0].text(5.2, margin, "margin", color=GREY, va="bottom", ha="right", fontsize=8)
    axes[0].set_ylabel("mean |difference| of a trait score\n(points of 1-5, 95% interval)")
    return figure


def rearranged(kept: pd.DataFrame, labels: pd.DataFrame) -> Figure:
    """What an answer holds on to: meanings kept when options are rearranged, and the labels preferred regardless."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8), width_ratios=(3, 2))
    for k, template in enumerate(TEMPLATES):
        rows = kept[kept["template"] == template].set_index("arrangement").loc[list(ARRANGED)]
        x = np.arange(3) + (k - 1) * 0.16
        draw.points(left, x, rows, "value", alone=True, label=template, **_look("o", COLOUR[template]))
    left.set(title="likeliest answers that keep their meaning", ylim=(-0.05, 1.05), xlim=(-0.5, 2.5), xticks=range(3))
    left.set_xticklabels(list(ARRANGED.values()), fontsize=8.5)
    left.set_ylabel("share of items (95% interval)")
    left.legend(fontsize=8.5, loc="upper right")
    for k, row in enumerate(labels.itertuples(index=False)):
        right.bar(
            np.arange(5) + (k - 0.5) * 0.38, list(row)[1:], 0.36, color=COLOUR[str(row.template)], label=row.template
        )
    right.axhline(0.2, color=GREY, ls="--", lw=1)
    right.set(title="labels, averaged over five cyclic shifts", xticks=range(5), ylabel="probability")
    right.set_xticklabels(["first\n(A), 1", "2nd", "3rd", "4th", "last\n(E), 5"])
    right.margins(y=0.25)
    right.grid(axis="x", visible=False)
    right.legend(fontsize=8.5, loc="upper right", ncols=2)
    return figure


def negation(counts: Floats, table: pd.DataFrame) -> Figure:
    """Agreement with an item against agreement with its negation, in shares of a template's answers."""
    figure, axes = plt.subplots(1, 3, figsize=(10, 3.6), sharey=True)
    for ax, template, cells in zip(axes, TEMPLATES, counts, strict=True):
        share = cells / max(cells.sum(), 1)
        ax.imshow(share.T, origin="lower", cmap="Blues", vmin=0, extent=(0.5, 5.5, 0.5, 5.5))
        for a in range(5):
            ax.add_patch(Rectangle((a + 0.53, 4.53 - a), 0.94, 0.94, fill=False, ec=PALETTE[1], lw=1.5))
            for b in range(5):
                ink = "w" if share[a, b] > 0.6 * share.max() else "k"
                ax.text(a + 1, b + 1, f"{share[a, b]:.0%}", ha="center", va="center", color=ink, fontsize=7.5)
        row = table.set_index("template").loc[template]
        flipped: str = "no answers" if pd.isna(row["value"]) else f"{row['value']:.0%} change sides"
        ax.set(title=f"{template}: {flipped}", xticks=range(1, 6), yticks=range(1, 6), xlabel="agreement with the item")
        ax.grid(visible=False)
    axes[0].set_ylabel("agreement with\nits negation")
    return figure


def _readouts(said: str) -> dict[str, str]:
    return {"text": said, "options": "option probabilities"}


def _look(marker: str, colour: str) -> dict[str, Any]:
    return {"fmt": marker, "ms": 5, "capsize": 3, "color": colour}
