"""The figures of pools, recorded or sampled: each takes tables or comparisons and returns a figure."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from common.arrays import Floats, Ints
from common.figures import GREY, PALETTE
from common.plots import band, heat_map
from replications.genrm_vs_sc.compute import Comparison, cell_leads

SHOWN = (1, 2, 4, 8, 16)  # numbers of verifications that curves are drawn for, where a grid has them
COLOUR = dict(zip((0, *SHOWN), PALETTE, strict=False))
COST = "compute (in solutions, log scale)"

MEASURES = {
    "tpr": "right solutions accepted",
    "fpr": "wrong solutions accepted",
    "auroc": "AUROC within problems",
    "agreement_right": "repeats' correlation, right",
    "agreement_wrong": "repeats' correlation, wrong",
}


def verifier_acceptance(counts: pd.DataFrame) -> Figure:
    """Right and wrong solutions by how many of their verifications say Yes."""
    figure, ax = plt.subplots(figsize=(6.4, 3.4))
    for k, (right, name) in enumerate(((True, "right"), (False, "wrong"))):
        rows = counts[counts["right"] == right]
        label = f"{name} solutions (n = {rows['solutions'].sum():,})"
        bars = ax.bar(rows["yes"] + (k - 0.5) * 0.4, 100 * rows["share"], 0.38, color=PALETTE[2 - k], label=label)
        ax.bar_label(bars, fmt="%.1f", fontsize=8)
    ax.set(xlabel=f"verifications that say Yes, of {counts['yes'].max()}", ylabel="share of solutions (%)")
    ax.set_xticks(sorted(counts["yes"].unique()))
    ax.grid(axis="x", visible=False)
    ax.legend(fontsize=9, loc="upper center")
    return figure


def accuracy_by_compute(voted: Comparison, weighted: Comparison, passed: Floats) -> Figure:
    """Accuracy against compute under one accounting: SC, best-of-N, weighted vote, and the ceiling pass@S."""
    figure, ax = plt.subplots(figsize=(8.4, 4.6))
    draw_comparison(ax, voted)
    for v in shown(weighted):
        j = list(weighted.n_verdicts).index(v)
        cost, values = weighted.cost[0, :, j], 100 * weighted.verified[0, :, j]
        ax.plot(cost, values, ":", color=COLOUR[v], lw=1.2, label=f"vote weighted by V = {v}")
    ax.plot(voted.sizes, 100 * passed, color=GREY, lw=1, ls="--", label="pass@S (a perfect verifier, free)")
    ax.set(xlabel=COST, ylabel="accuracy (%)")
    ax.legend(fontsize=8.5, ncols=2)
    return figure


def small_multiples(comparisons: Mapping[str, Comparison], columns: int, share_y: bool = True) -> Figure:
    """SC against best-of-N in one panel a comparison; keys are titles."""
    rows = -(-len(comparisons) // columns)
    size = (3.7 * columns, 3.1 * rows)
    figure, axes = plt.subplots(rows, columns, figsize=size, sharex=True, sharey=share_y, squeeze=False)
    for ax, (title, comparison) in zip(axes.flat, comparisons.items(), strict=False):
        draw_comparison(ax, comparison)
        ax.set_title(title)
        ax.tick_params(labelbottom=True)
    for ax in axes.flat[len(comparisons) :]:
        ax.axis("off")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=4, fontsize=9)
    figure.supxlabel(COST, fontsize=10)
    figure.supylabel("accuracy (%)", fontsize=10)
    return figure


def draw_comparison(ax: Axes, comparison: Comparison) -> None:
    """SC and best-of-N curves with 95% bands over questions."""
    marked = np.flatnonzero(np.isin(comparison.sc_sizes, comparison.sizes)).tolist()
    _band(ax, comparison.sc_sizes, comparison.sc, COLOUR[0], "self-consistency", "o-", marked)
    for v in shown(comparison):
        j = list(comparison.n_verdicts).index(v)
        _band(ax, comparison.cost[0, :, j], comparison.verified[:, :, j], COLOUR[v], f"best-of-N, V = {v}", "s-")
    ax.set_xscale("log", base=2)


def shown(comparison: Comparison) -> list[int]:
    """Numbers of verifications that curves are drawn for."""
    return [v for v in SHOWN if v in comparison.n_verdicts]


def cell_map(comparison: Comparison, near_whole_pool: Floats) -> Figure:
    """Lead of each cell over SC at the same cost; cells whose interval spans 0 in brackets, S > N/2 marked."""
    leads = 100 * cell_leads(comparison)
    low, high = np.quantile(leads[1:], [0.025, 0.975], axis=0)
    figure, ax = plt.subplots(figsize=(7, 3.4))
    sizes = [f"{s}*" if share > 0.5 else str(s) for s, share in zip(comparison.sizes, near_whole_pool, strict=True)]
    reach = np.abs(leads[0]).max()
    heat_map(ax, pd.DataFrame(leads[0].T, comparison.n_verdicts, sizes), "{:+.1f}", "PuOr", -reach, reach)
    spans_zero = (low <= 0) & (high >= 0)
    for text, unclear in zip(ax.texts, spans_zero.T.flat, strict=True):
        text.set_text(f"({text.get_text()})" if unclear else text.get_text())
    ax.set(xlabel="solutions S", ylabel="verifications V", title="points ahead of SC at the same compute")
    return figure


def fixed_v_and_s(comparison: Comparison) -> Figure:
    """Left: accuracy against compute at fixed V, with 95% bands. Right: the same cells joined at fixed S."""
    figure, axes = plt.subplots(1, 2, figsize=(11, 4.2), sharey=True)
    draw_comparison(axes[0], comparison)
    axes[1].plot(comparison.sc_sizes, 100 * comparison.sc[0], color=PALETTE[0], label="self-consistency")
    shades = plt.get_cmap("YlOrBr")(np.linspace(0.3, 0.95, len(comparison.sizes)))
    for i, size in enumerate(comparison.sizes):
        cost, values = comparison.cost[0, i], 100 * comparison.verified[0, i]
        axes[1].plot(cost, values, "s-", ms=4, color=shades[i], label=f"S = {size}")
    axes[1].set_xscale("log", base=2)
    axes[0].set_ylabel("accuracy (%)")
    for ax, title in zip(axes, ("at fixed V", "at fixed S"), strict=True):
        ax.set(xlabel=COST, title=title)
        ax.legend(fontsize=8, ncols=2)
    return figure


def verifier_quality(quality: pd.DataFrame) -> Figure:
    """How good each verifier is, a panel a measure, 95% intervals over problems."""
    figure, axes = plt.subplots(1, len(MEASURES), figsize=(13, 0.42 * len(quality) + 1.3), sharey=True)
    y = np.arange(len(quality))
    for ax, (column, title) in zip(axes, MEASURES.items(), strict=True):
        colours = [PALETTE[k % len(PALETTE)] for k in range(len(quality))]
        ax.hlines(y, quality[f"{column}_low"], quality[f"{column}_high"], color=colours, lw=2)
        ax.scatter(quality[column], y, color=colours, zorder=3)
        ax.set_title(title, fontsize=9.5)
        ax.grid(axis="y", visible=False)
        if column == "auroc":
            ax.axvline(0.5, color=GREY, ls="--", lw=1)
    axes[0].set(yticks=y, yticklabels=quality["verifier"], ylim=(len(quality) - 0.5, -0.5))
    return figure


def phase_diagram(phases: pd.DataFrame, seen: pd.DataFrame) -> Figure:
    """Lead over SC by the rates of acceptance of a made-up verifier: a row a correlation of repeats, a column a budget.

    Args:
        phases: tables of `controls.phase` with their `correlation`.
        seen: verifiers with columns verifier, fpr and tpr, drawn as points.
    """
    budgets, kinds = sorted(phases["budget"].unique()), sorted(phases["correlation"].unique())
    size = (3.6 * len(budgets) + 1, 3.3 * len(kinds) + 0.6)
    figure, axes = plt.subplots(len(kinds), len(budgets), figsize=size, sharex=True, sharey=True, squeeze=False)
    reach = 100 * phases["lead"].abs().max()
    for row, correlation in zip(axes, kinds, strict=True):
        for ax, budget in zip(row, budgets, strict=True):
            table = phases[(phases["budget"] == budget) & (phases["correlation"] == correlation)]
            square = 100 * table.pivot(index="tpr", columns="fpr", values="lead")
            values = square.to_numpy()
            image = ax.pcolormesh(square.columns, square.index, values, cmap="PuOr", vmin=-reach, vmax=reach)
            if values.min() < 0 < values.max():
                ax.contour(square.columns, square.index, values, levels=[0], colors="black", linewidths=1.2)
            for k, one in enumerate(seen.itertuples()):
                ax.plot(one.fpr, one.tpr, "o", mec="black", color=PALETTE[k], label=one.verifier)
            ax.plot([0, 1], [0, 1], color=GREY, lw=0.8, ls=":")
            ax.set_title(f"budget {budget:g}, repeats correlate {correlation:.2f}", fontsize=9.5)
            ax.grid(visible=False)
    figure.colorbar(image, ax=axes, label="points ahead of SC", shrink=0.8)
    figure.supxlabel("wrong solutions accepted (FPR); budgets in solutions", fontsize=10)
    figure.supylabel("right solutions accepted (TPR)", fontsize=10)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize=9)
    return figure


def accuracy_by_budget(table: pd.DataFrame, needed: pd.DataFrame) -> Figure:
    """Lead over SC by budget and accuracy of a made-up verifier, and the accuracy from which on it leads."""
    figure, ax = plt.subplots(figsize=(7.4, 4.2))
    square = 100 * table.pivot(index="accuracy", columns="budget", values="lead")
    reach = np.abs(square.to_numpy()).max()
    octaves = np.log2(square.columns.to_numpy(float))
    image = ax.pcolormesh(octaves, square.index, square.to_numpy(), cmap="PuOr", vmin=-reach, vmax=reach)
    at = np.log2(needed["budget"].to_numpy(float))
    top = 1.01
    value, low, high = (needed[name].clip(upper=top) for name in ("accuracy", "accuracy_low", "accuracy_high"))
    ax.vlines(at, low, high, color="black", lw=1.4)
    ax.plot(at, value.where(value < top), "ko-", ms=4, lw=1, label="GenRM leads from here on (95% interval)")
    ax.set(xticks=octaves, xticklabels=[f"{budget:g}" for budget in square.columns], ylim=(0.49, top))
    ax.set(xlabel="budget (in solutions)", ylabel="verifier's accuracy on right and wrong alike")
    ax.grid(visible=False)
    figure.legend(fontsize=9, loc="outside upper center")
    figure.colorbar(image, ax=ax, label="points ahead of SC")
    return figure


def equal_accuracy(table: pd.DataFrame) -> Figure:
    """Compute that the prompted and the fine-tuned verifier need for equal accuracy; arrows are open ends."""
    figure, ax = plt.subplots(figsize=(7, 3.8))
    limit = 2 * np.nanmax(table.filter(regex="base|tuned").replace(np.inf, np.nan).to_numpy())
    accuracy = 100 * table["accuracy"].to_numpy()
    for shift, name, label, colour in ((-1, "base", "GenRM-Base", PALETTE[1]), (1, "tuned", "GenRM-FT", PALETTE[2])):
        open_intervals(ax, accuracy + shift * 0.012 * np.ptp(accuracy), table, name, limit, label, colour, 1.6)
    ax.set_xscale("log", base=2)
    ax.set(xlabel=f"compute to get there {COST.removeprefix('compute ')}", ylabel="accuracy (%)")
    figure.legend(fontsize=9, loc="outside upper center", ncols=2)
    return figure


def _band(
    ax: Axes, x: Floats | Ints, accuracy: Floats, colour: str, label: str, form: str, marked: list[int] | None = None
) -> None:
    low, high = np.quantile(100 * accuracy[1:], [0.025, 0.975], axis=0)
    band(ax, x, low, high, colour)
    ax.plot(x, 100 * accuracy[0], form, ms=4, color=colour, label=label, markevery=marked)


def open_intervals(
    ax: Axes, y: Floats | Ints, rows: pd.DataFrame, name: str, limit: float, label: str, colour: str, lw: float
) -> None:
    """Estimates along x with their intervals: what is infinite has no point, an open end is an arrow at the limit."""
    value, low, high = (rows[f"{name}{end}"].to_numpy(float) for end in ("", "_low", "_high"))
    endless = np.isinf(high)
    ax.hlines(y, np.minimum(low, limit), np.minimum(high, limit), color=colour, lw=lw)
    ax.plot(np.where(np.isinf(value), np.nan, value), y, "o", color=colour, label=label)
    ax.plot(np.full(endless.sum(), limit), y[endless], ">", color=colour)
