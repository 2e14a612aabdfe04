"""The figures of the verification-against-voting replication: each takes arrays or tables and returns a figure."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from common.arrays import Floats, Ints
from common.figures import GREY, PALETTE
from common.plots import band
from replications.genrm_vs_sc import figure1b
from replications.genrm_vs_sc.compute import Comparison, cell_leads, cost_to_reach
from replications.genrm_vs_sc.verifier import READINGS

SHOWN = (1, 2, 4, 8, 16)  # numbers of verifications that curves are drawn for, where a grid has them
COLOUR = dict(zip((0, *SHOWN), PALETTE, strict=False))
COST = "compute (in solutions, log scale)"


def parser_readings(confusion: pd.DataFrame, effect: pd.DataFrame) -> Figure:
    """Left: one verification, two parsers. Right: what the strict parser costs best-of-N."""
    figure, axes = plt.subplots(1, 3, figsize=(11, 3.5), width_ratios=[1, 1, 1.25])
    for ax, right in zip(axes, (True, False), strict=False):
        rows = confusion[confusion["right"] == right]
        counts = rows.pivot(index="tolerant", columns="strict", values="verifications").loc[READINGS, READINGS]
        share = counts.to_numpy() / counts.to_numpy().sum()
        _heat_map(ax, 100 * share, "{:.1f}", (READINGS, READINGS), ("Blues", 0, 100))
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
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=4, fontsize=9)
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
    spans = (low <= 0) & (high >= 0)
    reach = np.abs(leads[0]).max()
    _heat_map(ax, leads[0].T, "{:+.1f}", (comparison.n_verdicts.tolist(), sizes), ("PuOr", -reach, reach))
    for text, unclear in zip(ax.texts, spans.T.flat, strict=True):
        text.set_text(f"({text.get_text()})" if unclear else text.get_text())
    ax.set(xlabel="solutions S", ylabel="verifications V", title="points ahead of SC at the same compute")
    return figure


def crossing_factors(crossings: pd.DataFrame, n: int) -> Figure:
    """Compute at which best-of-N first reaches SC's peak, over SC's own, by accounting; open ends as arrows."""
    figure, ax = plt.subplots(figsize=(7.6, 3))
    limit = 2 * np.nanmax(crossings[["factor", "factor_high"]].replace(np.inf, np.nan).to_numpy())
    y, high = np.arange(len(crossings)), crossings["factor_high"].to_numpy()
    ax.hlines(y, crossings["factor_low"], np.minimum(high, limit), color=PALETTE[1], lw=2)
    ax.plot(crossings["factor"], y, "o", color=PALETTE[1])
    ax.plot(np.full(np.isinf(high).sum(), limit), y[np.isinf(high)], ">", color=PALETTE[1])
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


def _band(
    ax: Axes, x: Floats | Ints, accuracy: Floats, colour: str, label: str, form: str, marked: list[int] | None = None
) -> None:
    low, high = np.quantile(100 * accuracy[1:], [0.025, 0.975], axis=0)
    band(ax, x, low, high, colour)
    ax.plot(x, 100 * accuracy[0], form, ms=4, color=colour, label=label, markevery=marked)


def _heat_map(
    ax: Axes,
    values: Floats,
    form: str,
    ticks: tuple[Sequence[object], Sequence[object]],
    scale: tuple[str, float, float],
) -> None:
    """Draw numbers on colours; `ticks` name rows and columns, `scale` is a colour map and its ends."""
    cmap, low, high = scale
    image = ax.imshow(values, cmap=cmap, vmin=low, vmax=high, aspect="auto")
    colours = np.asarray(image.to_rgba(values))
    for (i, j), value in np.ndenumerate(values):
        red, green, blue, _ = colours[i, j]
        ink = "white" if 0.3 * red + 0.6 * green + 0.1 * blue < 0.5 else "black"
        ax.text(j, i, form.format(value), ha="center", va="center", color=ink, fontsize=9)
    ax.set(yticks=range(len(ticks[0])), yticklabels=ticks[0], xticks=range(len(ticks[1])), xticklabels=ticks[1])
    ax.grid(visible=False)
