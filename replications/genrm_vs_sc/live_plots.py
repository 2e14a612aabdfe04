"""Figures that only the live experiment has; those it shares with the re-analysis are in `plots`."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from common.figures import GREY, PALETTE
from replications.genrm_vs_sc.compute import Comparison
from replications.genrm_vs_sc.plots import COST, draw_comparison

MEASURES = {
    "tpr": "right solutions accepted",
    "fpr": "wrong solutions accepted",
    "auroc": "AUROC within problems",
    "agreement_right": "repeats' correlation, right",
    "agreement_wrong": "repeats' correlation, wrong",
}


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
            image = ax.pcolormesh(square.columns, square.index, square.to_numpy(), cmap="PuOr", vmin=-reach, vmax=reach)
            _zero_line(ax, square)
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
    value, low, high = (needed[name].to_numpy() for name in ("accuracy", "accuracy_low", "accuracy_high"))
    top = 1.01
    ax.vlines(at, np.minimum(low, top), np.minimum(high, top), color="black", lw=1.4)
    ax.plot(
        at, np.where(np.isinf(value), np.nan, value), "ko-", ms=4, lw=1, label="GenRM leads from here on (95% interval)"
    )
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
    for shift, name, label in ((-1, "base", "GenRM-Base"), (1, "tuned", "GenRM-FT")):
        y = 100 * table["accuracy"] + shift * 0.012 * np.ptp(100 * table["accuracy"])
        colour = PALETTE[1 if name == "base" else 2]
        value, low, high = (table[f"{name}{end}"].to_numpy() for end in ("", "_low", "_high"))
        ax.hlines(y, np.minimum(low, limit), np.minimum(high, limit), color=colour, lw=1.6)
        ax.plot(np.where(np.isinf(value), np.nan, value), y, "o", color=colour, label=label)
        ax.plot(np.full(np.isinf(high).sum(), limit), y[np.isinf(high)], ">", color=colour)
    ax.set_xscale("log", base=2)
    ax.set(xlabel=f"compute to get there {COST.removeprefix('compute ')}", ylabel="accuracy (%)")
    figure.legend(fontsize=9, loc="outside upper center", ncols=2)
    return figure


def _zero_line(ax: Axes, square: pd.DataFrame) -> None:
    """Where the lead is nil, if it is anywhere."""
    values = square.to_numpy()
    if values.min() < 0 < values.max():
        ax.contour(square.columns, square.index, values, levels=[0], colors="black", linewidths=1.2)
