"""Pieces that the figures of this paper share."""

from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from common.figures import PALETTE
from common.plots import points


def error_note(cell: pd.DataFrame) -> str:
    """A line for a title: calibration error and noise floor of a table's only row; nothing where there is none."""
    if "ece" not in cell or cell["ece"].isna().all():
        return ""
    mass = f", mass {cell['mass'].item():.2f}" if "mass" in cell else ""
    return f"\nECE {cell['ece'].item():.3f}, floor {cell['floor'].item():.3f}{mass}"


def of_size(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the models that differ in size alone (high dose), smallest first, with their place on an axis of sizes.

    Where no model has the high dose, all rows. Adds `name`, the size or else the model's name, and `place`, 0 for the
    smallest size, seeds side by side.
    """
    high = table["dose"] == "high"
    rows = table[high if high.any() else ~high].sort_values(["parameters", "seed"], kind="stable")
    name = rows["size"].where(rows["size"] != "", rows["model"])
    place = name.map({one: at for at, one in enumerate(dict.fromkeys(name))}) + 0.06 * rows["seed"]
    return rows.assign(name=name, place=place)


def size_axis(ax: Axes, rows: pd.DataFrame) -> None:
    """Name the places that `of_size` gave."""
    names = list(dict.fromkeys(rows["name"]))
    ax.set_xticks(range(len(names)), [name.rsplit("/")[-1] for name in names])
    ax.set_xlim(-0.5, len(names) - 0.4)
    ax.grid(axis="x", visible=False)


def measured(ax: Axes, rows: pd.DataFrame, what: str, colour: str, marker: str, label: str, shift: float = 0) -> None:
    """A measure with its 95% interval at each place."""
    look: dict[str, Any] = {"fmt": marker, "color": colour, "ms": 4, "lw": 1, "capsize": 1.5}
    points(ax, rows["place"] + shift, rows, what, label=label, **look)


def levels(table: pd.DataFrame, model: str, stated: str) -> Figure:
    """Share right and mean stated probability of one model by level of difficulty, a panel a task."""
    mine = table[table["model"] == model]
    figure, grid = plt.subplots(1, mine["task"].nunique(), figsize=(10, 3.4), sharey=True, squeeze=False)
    for ax, (task, rows) in zip(grid[0], mine.groupby("task", sort=False), strict=True):
        ax.plot(rows["level"], rows["accuracy"], "o-", color=PALETTE[0], label="share right")
        ax.plot(rows["level"], rows["mean_p"], "s--", color=PALETTE[1], label=stated)
        ax.set(title=str(task), ylim=(0, 1.03))
        ax.margins(x=0.1)
    figure.supxlabel("level of difficulty: times a fact was told; steps of a problem, rare operands", fontsize=10)
    figure.legend(*grid[0][0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return figure
