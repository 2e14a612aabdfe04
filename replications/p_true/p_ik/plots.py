"""The figures about P(IK): each takes tables and returns a figure."""

from typing import Literal

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from common import plots as draw
from common.figures import GREY, PALETTE
from replications.p_true.p_ik.articles import CONTROL, TELLING
from replications.p_true.p_ik.hints import BAD, FOREIGN, GOOD
from replications.p_true.p_ik.prompts import PLAIN
from replications.p_true.plot_parts import error_note, measured, of_size, size_axis

HEAD_LOOK = ((PALETTE[1], "s"), (PALETTE[0], "o"))
"""Colour and marker of the head of one task, and of the head of all."""
HINT_LOOK = {GOOD: (PALETTE[2], "o-"), BAD: (PALETTE[1], "s--"), FOREIGN: (PALETTE[3], "^:")}
ARTICLE_LOOK = {PLAIN[0]: ("no article", PALETTE[0], "o-")} | {
    version[0]: (version[0], colour, line)
    for version, colour, line in ((TELLING, PALETTE[2], "^-"), (CONTROL, PALETTE[1], "s--"))
}


def histograms(rows: pd.DataFrame) -> Figure:
    """P(IK) of known and of unknown questions of one model and seed: a row a task, a column a head."""
    figure, grid = _grid(rows, sharey="row")
    for (task, head), ax in grid.items():
        mine = rows[(rows["task"] == task) & (rows["head"] == head)]
        for known, colour, label in ((1, PALETTE[0], "known"), (0, PALETTE[1], "not known")):
            p = mine.loc[mine["known"] == known, "p_ik"].dropna()
            ax.hist(p, np.linspace(0, 1, 21).tolist(), color=colour, alpha=0.55, label=label)
        ax.set_title(f"{task}, trained on {head}", fontsize=9.5)
    figure.supxlabel("P(IK)", fontsize=10)
    figure.supylabel("questions", fontsize=10)
    figure.legend(*ax.get_legend_handles_labels(), loc="outside upper right", ncols=2)
    return figure


def reliability(curves: pd.DataFrame, cells: pd.DataFrame, model: str) -> Figure:
    """P(IK) of one model against the share known: a row a task, a column a head, with ECE and noise floor."""
    cells = cells[cells["model"] == model]
    figure, grid = _grid(cells, sharey="all")
    looks = dict(zip(dict.fromkeys(cells["head"]), HEAD_LOOK, strict=False))
    for (task, head), ax in grid.items():
        draw.diagonal(ax)
        mine = curves[(curves["task"] == task) & (curves["head"] == head)]
        if len(mine):
            colour, marker = looks[head]
            draw.reliability(ax, mine, colour, marker, head)
        note = error_note(cells[(cells["task"] == task) & (cells["head"] == head)])
        ax.set_title(f"{task}, trained on {head}{note}", fontsize=9.5)
    figure.supxlabel("mean P(IK), ten bins of equal count (95% Wilson)", fontsize=10)
    figure.supylabel("share known", fontsize=10)
    return figure


def by_size(cells: pd.DataFrame, likelihood: pd.DataFrame) -> Figure:
    """AUROC and Brier score of both heads by size, a column a task, beside the greedy likelihood and the base rate."""
    tasks, heads = (list(dict.fromkeys(cells[name])) for name in ("task", "head"))
    size = (max(5 * len(tasks), 7), 6.4)
    figure, grid = plt.subplots(2, len(tasks), figsize=size, sharex="col", sharey="row", squeeze=False)
    for column, task in enumerate(tasks):
        rows = of_size(cells[cells["task"] == task])
        for at, (head, (colour, marker)) in enumerate(zip(heads, HEAD_LOOK, strict=False)):
            mine, label = rows[rows["head"] == head], f"trained on {head}"
            for row, what in enumerate(("auroc", "brier")):
                measured(grid[row][column], mine, what, colour, marker, label, 0.16 * at - 0.24)
        free = of_size(likelihood[likelihood["task"] == task])
        measured(grid[0][column], free, "auroc", PALETTE[4], "D", "likelihood of the greedy answer", 0.08)
        base = rows[rows["head"] == heads[0]]
        known = base["known"]
        grid[1][column].plot(base["place"] - 0.16, known * (1 - known), "_", color=GREY, ms=26, label="base rate alone")
        draw.null_line(grid[0][column], 0.5, ":")
        grid[0][column].set_title(task)
        size_axis(grid[1][column], rows)
    grid[0][0].set_ylabel("AUROC (95% interval)")
    grid[1][0].set_ylabel("Brier score (95% interval)")
    labelled = {label: h for ax in grid[:, 0] for h, label in zip(*ax.get_legend_handles_labels(), strict=True)}
    figure.legend(labelled.values(), labelled.keys(), loc="outside upper center", ncols=2)
    return figure


def articles(levels: pd.DataFrame, table: pd.DataFrame) -> Figure:
    """P(IK) with and without an article: by how often the fact was told, and over all facts beside right answers."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), sharey=True, width_ratios=[3, 2])
    for at, (kind, (label, colour, line)) in enumerate(ARTICLE_LOOK.items()):
        mine = levels[levels["kind"] == kind]
        draw.points(left, np.arange(len(mine)) + 0.06 * at, mine, "p_ik", fmt=line, color=colour, ms=5, label=label)
        whole = table[(table["kind"] == kind)].iloc[0]
        right.bar(at - 0.18, whole["p_ik"], 0.34, color=colour)
        right.bar(at + 0.18, whole["right"], 0.34, color="white", edgecolor=colour, hatch="///")
    names = list(dict.fromkeys(levels["level"]))
    left.set_xticks(range(len(names)), names)
    left.set(xlabel="times the fact was told", ylabel="mean P(IK) (95% interval)", ylim=(0, 1.03))
    figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=3)
    right.set_xticks(range(3), ["no article", "tells\nthe fact", "another\nperson"])
    right.set_title("filled: mean P(IK); hatched: right answers", fontsize=9.5)
    right.grid(axis="x", visible=False)
    return figure


def hints(table: pd.DataFrame) -> Figure:
    """P(IK) by the share of a hint that is shown: a panel a head, and one for right greedy answers."""
    heads = list(dict.fromkeys(table["head"]))
    figure, grid = plt.subplots(1, len(heads) + 1, figsize=(3.7 * len(heads) + 3.7, 3.9), sharex=True, sharey=True)
    for ax, head in zip(grid, heads, strict=False):
        _hint_lines(ax, table[table["head"] == head], "p_ik")
        ax.set_title(f"P(IK), trained on {head}", fontsize=9.5)
    _hint_lines(grid[-1], table[table["head"] == heads[0]], "right")
    grid[-1].set_title("right greedy answers", fontsize=9.5)
    grid[0].set(ylim=(0, 1.03), ylabel="mean over problems (95% interval)")
    grid[0].set_xticks([0, 1 / 3, 2 / 3, 1], ["0", "1/3", "2/3", "1"])
    figure.supxlabel("share of the hint that is shown", fontsize=10)
    figure.legend(*grid[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return figure


def _hint_lines(ax: Axes, rows: pd.DataFrame, what: str) -> None:
    plain = rows[rows["kind"] == PLAIN[0]]
    for at, (kind, (colour, line)) in enumerate(HINT_LOOK.items()):
        mine = pd.concat([plain, rows[rows["kind"] == kind]]).dropna(subset=[what])
        ends = draw.interval(mine, what) if what == "p_ik" else np.zeros((2, len(mine)))
        ax.errorbar(
            mine["share"] + 0.02 * (at - 1),
            mine[what],
            ends,
            fmt=line,
            color=colour,
            ms=5,
            capsize=2,
            label=f"{kind} hint",
        )


def _grid(rows: pd.DataFrame, sharey: Literal["row", "all"]) -> tuple[Figure, dict[tuple[str, str], Axes]]:
    """A row a task, a column a head."""
    tasks, heads = (list(dict.fromkeys(rows[name])) for name in ("task", "head"))
    size = (max(4.2 * len(heads), 6), 2.7 * len(tasks) + 0.7)
    figure, axes = plt.subplots(len(tasks), len(heads), figsize=size, sharex=True, sharey=sharey, squeeze=False)
    cells = {(task, head): axes[i][j] for i, task in enumerate(tasks) for j, head in enumerate(heads)}
    return figure, cells
