"""The figures of this replication: each takes tables and returns a figure."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from common import plots as draw
from common.figures import GREY, PALETTE
from replications.prm_from_rl.study import BASE, FORMAT, OUTCOME, RANDOM, REJECTION

COLOUR = dict(zip((OUTCOME, FORMAT, RANDOM, REJECTION), PALETTE, strict=False)) | {BASE: GREY}
MEASURES = {
    "solving": "problems solved",
    "f1": "judging F1",
    "error": "wrong ones: first error named",
    "correct": "right ones: called right",
}
STRATEGY = {
    "Self-PRM": PALETTE[0],
    "majority": PALETTE[1],
    "PRM head": PALETTE[2],
    "PRM head, shuffled labels": PALETTE[4],
    "one sample": PALETTE[6],
    "any right (ceiling)": PALETTE[5],
}
RATES = {"base_rate": "base rate", "precision": "precision", "tpr": "TPR", "fpr": "FPR"}


def learning_curves(table: pd.DataFrame, floors: pd.DataFrame) -> Figure:
    """Solving, F1 and its two accuracies by step: means over seeds, bands from the lowest to the highest run."""
    figure, axes = plt.subplots(1, 4, figsize=(13, 3.5), sharex=True)
    for ax, (column, name) in zip(axes, MEASURES.items(), strict=True):
        for arm, part in table.groupby("arm", sort=False):
            by_step = part.groupby("step")[column]
            mean, colour = by_step.mean(), COLOUR[str(arm)]
            ax.plot(mean.index, mean, color=colour, label=str(arm))
            draw.band(ax, mean.index, by_step.min(), by_step.max(), colour)
        ax.set(xlabel="training step", title=name)
    for style, row in zip((":", "--"), floors[floors["floor"].str.contains("one index")].itertuples(), strict=False):
        axes[1].axhline(row.f1, color=GREY, ls=style, lw=1, label=f"floor: {row.floor}")
    figure.legend(*axes[1].get_legend_handles_labels(), loc="outside lower center", ncols=6, fontsize=9)
    return figure


def judges(table: pd.DataFrame, floors: pd.DataFrame) -> Figure:
    """F1 of every judge with its interval, its two accuracies beside it, floors as lines."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 0.34 * len(table) + 1.6), sharey=True)
    at = np.arange(len(table))[::-1]
    _points(left, table, "f1", at, PALETTE[0], "o")
    for colour, row in zip((PALETTE[3], PALETTE[4], PALETTE[2]), floors[floors["f1"] > 0].itertuples(), strict=False):
        left.axvline(row.f1, ls=":", lw=1.2, color=colour, label=f"floor: {row.floor}")
    _points(right, table, "error_accuracy", at, PALETTE[1], "s", "first error named, of the wrong solutions")
    _points(right, table, "correct_accuracy", at, PALETTE[2], "D", "called right, of the right solutions")
    left.set_yticks(at, table["judge"])
    left.set(xlabel="F1", xlim=(0, 1))
    right.set(xlabel="accuracy", xlim=(-0.02, 1.02))
    handles = [*left.get_legend_handles_labels()[0], *right.get_legend_handles_labels()[0]]
    labels = [*left.get_legend_handles_labels()[1], *right.get_legend_handles_labels()[1]]
    figure.legend(handles, labels, loc="outside lower center", ncols=2, fontsize=8.5)
    return figure


def kinds(table: pd.DataFrame) -> Figure:
    """Share judged right by judge and kind of item."""
    counts = table.drop_duplicates("kind").set_index("kind")["items"]
    shares = table.pivot(index="judge", columns="kind", values="right")
    shares = shares.loc[table["judge"].unique(), counts.index]
    figure, ax = plt.subplots(figsize=(1.6 + 1.05 * len(counts), 1.4 + 0.38 * len(shares)))
    shares.columns = [f"{kind}\n(n = {n})" for kind, n in counts.items()]
    draw.heat_map(ax, 100 * shares, "{:.0f}", "Blues", 0, 100)
    ax.tick_params(axis="x", labelsize=8.5)
    return figure


def increments(table: pd.DataFrame) -> Figure:
    """Correlation of increments of solving and judging by lag, within a run and across runs."""
    figure, ax = plt.subplots(figsize=(6.4, 3.4))
    draw.points(ax, table["lag"], table, "within", fmt="o-", color=PALETTE[0], capsize=2, label="same run")
    ax.plot(table["lag"], table["across"], "s--", color=GREY, label="different runs of the same arm")
    draw.null_line(ax)
    ax.set(xlabel="lag in checkpoints (above 0: judging follows solving)", ylabel="correlation of increments")
    ax.legend(fontsize=9)
    return figure


def dependences(table: pd.DataFrame) -> Figure:
    """How often a solution is judged right where the model solves the problem, and where it does not."""
    means = table.groupby("arm", sort=False)[["both", "judged_only", "solved_only", "neither"]].sum()
    solved = means["both"] / (means["both"] + means["solved_only"])
    unsolved = means["judged_only"] / (means["judged_only"] + means["neither"])
    figure, ax = plt.subplots(figsize=(max(5, 1.6 + 1.2 * len(means)), 3.4))
    at = np.arange(len(means))
    for offset, values, name, colour in (
        (-0.2, solved, "solves the problem itself", PALETTE[0]),
        (0.2, unsolved, "does not", PALETTE[1]),
    ):
        bars = ax.bar(at + offset, 100 * values, 0.38, color=colour, label=name)
        ax.bar_label(bars, fmt="%.0f", fontsize=8)
    with np.errstate(divide="ignore"):
        ratios = np.exp(np.log(table["odds_ratio"]).groupby(table["arm"], sort=False).mean())
    told = ["undefined" if np.isnan(ratio) else f"{ratio:.1f}" for ratio in ratios]
    names = [f"{arm}\nodds ratio {ratio}" for arm, ratio in zip(ratios.index, told, strict=True)]
    ax.set_xticks(at, names, fontsize=8.5)
    ax.set(ylabel="solutions judged right (%)", xlim=(-0.6, len(means) - 0.4), ylim=(0, 118))
    ax.grid(axis="x", visible=False)
    ax.legend(fontsize=8.5, loc="upper center", ncols=2)
    return figure


def self_reference(table: pd.DataFrame) -> Figure:
    """F1 without and with the own solution, and the gain."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 0.4 * len(table) + 1.8), sharey=True)
    at = np.arange(len(table))[::-1]
    left.hlines(at, table["without"], table["with_own"], color=GREY, lw=1)
    left.plot(table["without"], at, "o", color=PALETTE[1], label="alone")
    left.plot(table["with_own"], at, "D", color=PALETTE[0], label="after its own solution")
    left.set_yticks(at, table["arm"])
    left.set(xlabel="judging F1", ylim=(-0.5, len(table) - 0.5))
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=8.5)
    _points(right, table, "gain", at, PALETTE[0], "o")
    right.axvline(0, color=GREY, lw=0.8)
    right.set(xlabel="gain in F1 (95 % intervals over problems)")
    return figure


def best_of_n(table: pd.DataFrame) -> Figure:
    """Accuracy by number of samples, and the lead over majority voting."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8))
    for name, part in table.groupby("strategy", sort=False):
        colour = STRATEGY[str(name)]
        left.plot(part["k"], 100 * part["accuracy"], "o-", color=colour, label=str(name))
        if name not in ("majority", "one sample", "any right (ceiling)"):
            right.plot(part["k"], 100 * part["lead"], "o-", color=colour)
            draw.band(right, part["k"], 100 * part["lead_low"], 100 * part["lead_high"], colour)
    draw.null_line(right)
    ticks = sorted(table["k"].unique())
    for ax in (left, right):
        ax.set_xscale("log", base=2)
        ax.set_xticks(ticks, [str(k) for k in ticks])
        ax.set_xlabel("samples k")
    left.set_ylabel("accuracy (%)")
    right.set_ylabel("lead over majority voting (points)")
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=8.5)
    return figure


def acceptance(table: pd.DataFrame) -> Figure:
    """Base rate, precision, TPR and FPR of accepted samples by difficulty."""
    figure, ax = plt.subplots(figsize=(8, 3.6))
    at, percent = np.arange(len(table)), 100 * table.drop(columns=["band", "problems"])
    for place, (column, name) in enumerate(RATES.items()):
        x, error = at + (place - 1.5) * 0.2, draw.interval(percent, column)
        ax.bar(x, percent[column], 0.18, yerr=error, color=PALETTE[place], label=name, capsize=2)
    ax.set_xticks(at, [f"{row.band}\n{row.problems} problems" for row in table.itertuples()])
    ax.set(ylabel="rate (%)", xlim=(-0.5, len(table) - 0.5), ylim=(0, 118))
    ax.grid(axis="x", visible=False)
    ax.legend(fontsize=8.5, ncols=4, loc="upper center")
    return figure


def _points(
    ax: Axes, table: pd.DataFrame, column: str, at: np.ndarray, colour: str, marker: str, label: str | None = None
) -> None:
    ends = draw.interval(table, column)
    ax.errorbar(table[column], at, xerr=ends, fmt=marker, color=colour, capsize=2, ms=5, label=label)
