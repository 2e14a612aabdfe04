"""The figures about P(True): each takes tables of one experiment and returns a figure."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from common import plots as draw
from common.figures import GREY, PALETTE
from replications.p_true.p_true.prompts import COMPARISON_20, COMPARISON_SIX, ONE_20, ONE_SIX, SWAPPED
from replications.p_true.plot_parts import error_note, measured, of_size, size_axis

SHOWN = (ONE_SIX, COMPARISON_SIX, ONE_20, COMPARISON_20)
LOOK = {condition.name: (PALETTE[at], marker) for at, (condition, marker) in enumerate(zip(SHOWN, "sDvo", strict=True))}
"""Colour and marker of each condition."""
SCORES = {
    "p_true": "P(True)",
    "likelihood": "likelihood of the sample",
    "certainty": "entropy of 30 answers",
    "agreement": "agreement of five",
}


def histograms(rows: Mapping[tuple[str, str], pd.DataFrame]) -> Figure:
    """P(True) of right and of wrong samples: a row a task, a column a condition; keys are (task, condition)."""
    tasks, conditions = (list(dict.fromkeys(key[at] for key in rows)) for at in (0, 1))
    size = (11, 2.4 * len(tasks) + 0.6)
    figure, grid = plt.subplots(len(tasks), len(conditions), figsize=size, sharex=True, squeeze=False)
    for (task, condition), judged in rows.items():
        ax = grid[tasks.index(task)][conditions.index(condition)]
        for right, colour, label in ((1, PALETTE[0], "right samples"), (0, PALETTE[1], "wrong samples")):
            mine = judged.loc[judged["right"] == right, "p_true"]
            ax.hist(mine, np.linspace(0, 1, 21), color=colour, alpha=0.55, label=label)
        ax.axvline(0.5, color=GREY, lw=0.8, ls=":")
        if task == tasks[0]:
            ax.set_title(condition, fontsize=9.5)
    for row, task in zip(grid, tasks, strict=True):
        row[0].set_ylabel(f"samples, {task}")
    figure.supxlabel("P(True)", fontsize=10)
    figure.legend(*grid[0][0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    return figure


def by_size(cells: pd.DataFrame) -> Figure:
    """AUROC, Brier score and accuracy where P(True) > 0.5, by size and condition: a column a task."""
    tasks = list(dict.fromkeys(cells["task"]))
    size = (max(5.2 * len(tasks), 7), 9)
    figure, grid = plt.subplots(3, len(tasks), figsize=size, sharex="col", sharey="row", squeeze=False)
    for column, task in enumerate(tasks):
        rows = of_size(cells[cells["task"] == task])
        for at, (condition, (colour, marker)) in enumerate(LOOK.items()):
            mine, shift = rows[rows["condition"] == condition], 0.2 * at - 0.32
            measured(grid[0][column], mine, "auroc", colour, marker, condition, shift)
            measured(grid[1][column], mine, "brier", colour, marker, condition, shift)
            grid[2][column].plot(mine["place"] + shift, mine["right_above"], marker, color=colour, ms=4.5)
        base = rows[rows["condition"] == COMPARISON_20.name]
        grid[1][column].plot(base["place"], base["base_rate_brier"], "_", color=GREY, ms=26, label="reference")
        grid[2][column].plot(base["place"], base["accuracy"], "_", color=GREY, ms=26)
        draw.null_line(grid[0][column], 0.5, ":")
        grid[0][column].set_title(task)
        for ax in grid[:, column]:
            size_axis(ax, rows)
    grid[0][0].set_ylabel("AUROC (95% interval)")
    grid[1][0].set_ylabel("Brier score (95% interval)\nreference: always the base rate")
    grid[2][0].set(ylabel="share right where P(True) > 0.5\nreference: all samples", ylim=(-0.03, 1.03))
    figure.legend(*grid[1][0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return figure


def reliability(curves: pd.DataFrame, cells: pd.DataFrame, model: str) -> Figure:
    """Reliability of P(True) of one model: a row a task, a column a condition, with ECE and its noise floor."""
    tasks = list(dict.fromkeys(cells["task"]))
    size = (11, 2.9 * len(tasks) + 0.6)
    figure, grid = plt.subplots(len(tasks), len(SHOWN), figsize=size, sharex=True, sharey=True, squeeze=False)
    for row, task in zip(grid, tasks, strict=True):
        for ax, (condition, (colour, marker)) in zip(row, LOOK.items(), strict=True):
            draw.diagonal(ax)
            mine, cell = (
                part[(part["task"] == task) & (part["model"] == model) & (part["condition"] == condition)]
                for part in (curves, cells)
            )
            draw.reliability(ax, mine, colour, marker, condition)
            ax.set_title(f"{condition}{error_note(cell)}", fontsize=9.5)
        row[0].set_ylabel(f"share right, {task}")
    figure.supxlabel("mean P(True), ten bins of equal count (95% Wilson)", fontsize=10)
    return figure


def baselines(table: pd.DataFrame) -> Figure:
    """AUROC of P(True) beside scores that ask the model nothing more, by size: a panel a task."""
    figure, grid = plt.subplots(1, table["task"].nunique(), figsize=(11, 3.8), sharey=True, squeeze=False)
    for ax, (task, part) in zip(grid[0], table.groupby("task", sort=False), strict=True):
        rows = of_size(part)
        for at, ((score, label), marker) in enumerate(zip(SCORES.items(), "osDv", strict=True)):
            measured(ax, rows[rows["score"] == score], "auroc", PALETTE[at], marker, label, 0.2 * at - 0.32)
        draw.null_line(ax, 0.5, ":")
        ax.set_title(str(task))
        size_axis(ax, rows)
    grid[0][0].set_ylabel("AUROC (95% interval)")
    figure.legend(*grid[0][0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
    return figure


def matrix(table: pd.DataFrame) -> Figure:
    """AUROC of each evaluator on each writer's samples: a map a task, sizes growing to the right and upwards."""
    tasks = list(dict.fromkeys(table["task"]))
    figure, grid = plt.subplots(1, len(tasks), figsize=(5.2 * len(tasks), 4.2), squeeze=False)
    for ax, task in zip(grid[0], tasks, strict=True):
        names = table.sort_values("evaluator_parameters")["evaluator"].unique()
        wide = table[table["task"] == task].pivot(index="evaluator", columns="writer", values="auroc")
        values = wide.loc[names, names].to_numpy()
        image = ax.imshow(values, origin="lower", vmin=0, vmax=1, cmap="PuOr")
        for (row, column), value in np.ndenumerate(values):
            text = "–" if np.isnan(value) else f"{value:.2f}"
            ax.text(column, row, text, ha="center", va="center", color="white" if abs(value - 0.5) > 0.3 else "black")
        ax.set_xticks(range(len(names)), names, rotation=20)
        ax.set_yticks(range(len(names)), names)
        ax.set(title=task, xlabel="who wrote the samples")
        ax.grid(visible=False)
    grid[0][0].set_ylabel("who judges them")
    figure.colorbar(image, ax=list(grid[0]), label="AUROC")
    return figure


def controls(cells: pd.DataFrame, model: str) -> Figure:
    """AUROC with the labels swapped, and at each dose of judging documents: a panel a task."""
    tasks, varied = list(dict.fromkeys(cells["task"])), cells.loc[cells["dose"] != "high", "size"]
    figure, grid = plt.subplots(1, len(tasks), figsize=(11, 3.8), sharey=True, squeeze=False)
    for ax, task in zip(grid[0], tasks, strict=True):
        usual, swapped = (
            cells[(cells["task"] == task) & (cells["condition"] == condition.name)]
            for condition in (COMPARISON_20, SWAPPED)
        )
        bars = {"as usual": usual[usual["model"] == model], "labels\nswapped": swapped[swapped["model"] == model]}
        for dose in ("none", "low", "high"):
            same_size = usual["size"].isin(varied) & (usual["seed"] == 0)
            bars[f"dose\n{dose}"] = usual[same_size & (usual["dose"] == dose)]
        bars = {name: bar for name, bar in bars.items() if len(bar)}
        for at, (name, bar) in enumerate(bars.items()):
            colour = PALETTE[0] if not name.startswith("dose") else PALETTE[2]
            measured(ax, bar.assign(place=at), "auroc", colour, "o", name)
        draw.null_line(ax, 0.5, ":")
        ax.set_xticks(range(len(bars)), list(bars))
        ax.set(title=task, ylim=(-0.03, 1.03), xlim=(-0.5, len(bars) - 0.5))
    grid[0][0].set_ylabel("AUROC of P(True) (95% interval)")
    return figure
