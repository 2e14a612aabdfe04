"""Figures that only the recorded route and the paper's own Figure 1(b) have; the others are in `plots`."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from common.figures import GREY, PALETTE
from common.plots import heat_map
from replications.genrm_vs_sc import figure1b
from replications.genrm_vs_sc.compute import Comparison, cost_to_reach
from replications.genrm_vs_sc.plots import COLOUR, COST, open_intervals
from replications.genrm_vs_sc.verifier import READINGS


def parser_readings(confusion: pd.DataFrame, effect: pd.DataFrame) -> Figure:
    """Left: one verification, two parsers. Right: what the strict parser costs best-of-N."""
    figure, axes = plt.subplots(1, 3, figsize=(11, 3.5), width_ratios=[1, 1, 1.25])
    for ax, right in zip(axes, (True, False), strict=False):
        rows = confusion[confusion["right"] == right]
        counts = rows.pivot(index="tolerant", columns="strict", values="verifications").loc[READINGS, READINGS]
        heat_map(ax, 100 * (counts / counts.to_numpy().sum()), "{:.1f}", "Blues", 0, 100)
        ax.set(xlabel="strict parser", title=f"{'right' if right else 'wrong'} solutions, %")
    axes[0].set_ylabel("tolerant parser")
    for v in (1, 4):
        rows = effect[effect["V"] == v]
        for parser, style in (("tolerant", "o-"), ("strict", "s:")):
            axes[2].plot(rows["S"], 100 * rows[parser], style, color=COLOUR[v], label=f"V = {v}, {parser}")
    axes[2].set_xscale("log", base=2)
    axes[2].set(xlabel="solutions S (log scale)", ylabel="best-of-N accuracy (%)", title="accuracy under each")
    axes[2].legend(fontsize=8.5)
    return figure


def crossing_factors(crossings: pd.DataFrame, n: int) -> Figure:
    """Compute at which best-of-N first reaches SC's peak, over SC's own, by accounting; open ends as arrows."""
    figure, ax = plt.subplots(figsize=(7.6, 3))
    limit = 2 * np.nanmax(crossings[["factor", "factor_high"]].replace(np.inf, np.nan).to_numpy())
    y = np.arange(len(crossings))
    open_intervals(ax, y, crossings, "factor", limit, "", PALETTE[1], 2)
    ax.axvline(1, color=GREY, lw=1, ls="--")
    priced = zip(crossings["accounting"], crossings["ratio"], strict=True)
    labels = [f"{accounting}\n(a verification = {ratio:.2g})" for accounting, ratio in priced]
    ax.set(yticks=y, yticklabels=labels, ylim=(len(crossings) - 0.5, -0.5))
    ax.set_xlabel(f"compute to reach SC's peak, over SC's (95% interval, {n} questions)")
    ax.grid(axis="y", visible=False)
    return figure


def digitised_figure(figure: Comparison) -> Figure:
    """Figure 1(b) as digitised, with the printed crossing and the one its points show."""
    drawn, ax = plt.subplots(figsize=(9, 4.4))
    ax.plot(figure.sc_sizes, figure.sc[0], "o-", color=PALETTE[0], label="self-consistency")
    shades = plt.get_cmap("YlOrBr")(np.linspace(0.35, 0.95, len(figure.n_verdicts)))
    for j, v in enumerate(figure.n_verdicts):
        ax.plot(figure.cost[0, :, j], figure.verified[0, :, j], "s-", ms=4, color=shades[j], label=f"V = {v}")
    hidden = figure1b.HIDDEN
    ax.plot(figure.cost[0][hidden], figure.verified[0][hidden], "kx", ms=8, label="read by eye")
    accuracy, size = figure.sc_peak
    ax.axhline(accuracy[0], color=PALETTE[0], lw=0.9, ls=":")
    first = cost_to_reach(figure, accuracy)[0] / size[0]
    for factor, style, side, pad in ((8, "--", "right", 0.94), (first, "-", "left", 1.06)):
        ax.axvline(factor * size[0], color=GREY, lw=1, ls=style)
        ax.text(factor * size[0] * pad, 34, f"{factor:g}x", ha=side, color=GREY)
    ax.set_xscale("log", base=2)
    ax.set(xlabel=COST, ylabel=f"accuracy (%, {figure1b.PROBLEMS} problems)")
    ax.legend(fontsize=8.5, loc="center left", bbox_to_anchor=(1.01, 0.5))
    return drawn


def exponents_by_recipe(table: pd.DataFrame, paper: tuple[float, float]) -> Figure:
    """a and b under each recipe and choice of points, with the paper's values."""
    figure, axes = plt.subplots(1, 2, figsize=(10.5, 3.8), sharey=True)
    recipes = list(table["recipe"].unique())
    variants = {(1, "all"): ("o", 0), (4, "all"): ("D", 1), (1, "interior"): ("s", 2), (4, "interior"): ("^", 3)}
    for ax, name, value in zip(axes, ("a", "b"), paper, strict=True):
        for (per_octave, points), (marker, k) in variants.items():
            rows = table[(table["per_octave"] == per_octave) & (table["points"] == points)]
            y = [recipes.index(recipe) + (k - 1.5) * 0.16 for recipe in rows["recipe"]]
            label = f"{points} points, {per_octave} budget{'s' if per_octave > 1 else ''} an octave"
            ax.hlines(y, rows[f"{name}_low"], rows[f"{name}_high"], color=PALETTE[k])
            ax.plot(rows[name], y, marker, color=PALETTE[k], label=label, mfc="white" if points == "interior" else None)
        ax.axvspan(value - 0.05, value + 0.05, color=GREY, alpha=0.12, lw=0)
        ax.axvline(value, color=GREY, ls="--", lw=1)
        ax.set(xlabel=f"exponent {name} (interval: reading error)", yticks=range(len(recipes)), yticklabels=recipes)
        ax.grid(axis="y", visible=False)
    axes[0].invert_yaxis()
    axes[0].set_title("solutions, S ~ C^a")
    axes[1].set_title("verifications, V ~ C^b")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=8.5)
    return figure
