"""The figures about lettered questions: each takes tables of one exam and returns a figure."""

from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from common import plots as draw
from common.figures import PALETTE
from replications.p_true.choices.prompts import SHOTS
from replications.p_true.plot_parts import of_size, size_axis

LOOK = {0: (PALETTE[1], "s"), SHOTS: (PALETTE[0], "o")}
"""Colour and marker by number of examples."""
PANELS = {"letters": "letters", "texts": "texts of the options", "true or false": "True or False"}
PARTS = {
    "all": "all questions",
    "is the key": "the last option is right",
    "is a distractor": "the last option is wrong",
}


def reliability(curves: pd.DataFrame, cells: pd.DataFrame, layout: str, what: str) -> Figure:
    """Probability against share right, a panel a size (first seed), without and with examples."""
    rows = of_size(cells[(cells["layout"] == layout) & (cells["shots"] == SHOTS)]).drop_duplicates("name")
    figure, grid = plt.subplots(
        1, len(rows), figsize=(max(2.8 * len(rows), 5.6), 3.6), sharex=True, sharey=True, squeeze=False
    )
    for ax, row in zip(grid[0], rows.itertuples(), strict=True):
        bare = cells[(cells["model"] == row.model) & (cells["layout"] == layout) & (cells["shots"] == 0)]
        ax.set_title(f"{row.name}\nmass {bare['mass'].item():.2f}, {row.mass:.2f}", fontsize=9.5)
        draw.diagonal(ax)
        for shots, (colour, marker) in LOOK.items():
            chosen = (curves["model"] == row.model) & (curves["layout"] == layout) & (curves["shots"] == shots)
            draw.reliability(ax, curves[chosen], colour, marker, f"{shots} examples")
    grid[0][0].set_ylabel("share that came true (95% Wilson)")
    note = f"ten bins of {rows['n'].iloc[0]:,} questions; mass: of all labels, without and with examples"
    figure.supxlabel(f"mean probability of {what}\n{note}", fontsize=10)
    figure.legend(*grid[0][0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    return figure


def calibration_error(cells: pd.DataFrame) -> Figure:
    """ECE by size beside the band that a perfectly calibrated model with the same probabilities would show."""
    figure, axes = plt.subplots(1, len(PANELS), figsize=(11, 3.8), sharey=True)
    for ax, (layout, title) in zip(axes, PANELS.items(), strict=True):
        rows = of_size(cells[cells["layout"] == layout])
        for shots, shift in ((0, -0.22), (SHOTS, 0.1)):
            mine, (colour, marker) = rows[rows["shots"] == shots], LOOK[shots]
            x, ends = mine["place"] + shift, draw.interval(mine, "excess", of="ece")
            label = f"ECE, {shots} examples"
            ax.errorbar(x, mine["ece"], ends, fmt=marker, color=colour, ms=4, lw=1, capsize=1.5, label=label)
            label = f"noise floor (band: to 95%), {shots} examples"
            ax.vlines(x + 0.02, 0, mine["floor_95"], color=colour, lw=3, alpha=0.25)
            ax.plot(x + 0.02, mine["floor"], "_", color=colour, ms=7, label=label)
        ax.set_title(title)
        size_axis(ax, rows)
    axes[0].set(ylim=(0, None), ylabel="calibration error, ten bins (95% interval)")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=4, fontsize=8.5)
    return figure


def replaced(table: pd.DataFrame, cells: pd.DataFrame) -> Figure:
    """Accuracy with the usual options and with the last one replaced, by whether the last one is right."""
    rows = of_size(cells.drop_duplicates("model"))[["model", "name", "place"]]
    joined = table[table["shots"] == SHOTS].merge(rows, on="model")
    figure, axes = plt.subplots(1, len(PARTS), figsize=(11, 3.6), sharey=True)
    for ax, (part, title) in zip(axes, PARTS.items(), strict=True):
        for layout, shift, colour, marker, label in (
            ("letters", -0.22, PALETTE[0], "o", "usual options"),
            ("replaced", 0.1, PALETTE[1], "s", "last option: none of the above"),
        ):
            mine = joined[(joined["layout"] == layout) & (joined["part"] == part)].sort_values("place")
            look: dict[str, Any] = {"fmt": marker, "color": colour, "ms": 4, "lw": 1, "capsize": 1.5}
            draw.points(ax, mine["place"] + shift, mine, "accuracy", alone=True, label=label, **look)
        draw.null_line(ax, 0.25, ":")
        ax.set(title=title, ylim=(0, 1))
        size_axis(ax, rows)
    axes[0].set_ylabel(f"accuracy, {SHOTS} examples (95% Wilson)")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return figure
