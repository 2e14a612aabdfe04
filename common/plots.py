"""Pieces that the figures of several papers share; keywords go to matplotlib, so looks are the caller's."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from common.arrays import Floats
from common.figures import GREY


def interval(rows: pd.DataFrame, name: str, alone: bool = False, of: str = "") -> Floats:
    """Lengths of error bars, [2, n], from the columns of estimates (see `Estimate.columns`).

    A value outside its own interval, as resampling may give, has a bar on the interval's side alone. `of` names another
    column in which the points stand.
    """
    names = (name, "low", "high") if alone else (name, f"{name}_low", f"{name}_high")
    value, low, high = (rows[one].to_numpy(float) for one in (of or name, *names[1:]))
    lengths: Floats = np.array([value - low, high - value]).clip(0)
    return lengths


def points(ax: Axes, x: ArrayLike, rows: pd.DataFrame, name: str, alone: bool = False, **look: Any) -> None:
    """Estimates at places x with their intervals; what is undefined is left out."""
    ax.errorbar(x, rows[name].to_numpy(float), interval(rows, name, alone), **look)


def band(ax: Axes, x: ArrayLike, low: ArrayLike, high: ArrayLike, colour: str) -> None:
    """The area between two curves."""
    ax.fill_between(x, low, high, color=colour, alpha=0.15, lw=0)


def null_line(ax: Axes, at: float = 0.0, ls: str = "-") -> None:
    """The height at which there is nothing to report: no difference, or chance."""
    ax.axhline(at, color=GREY, lw=0.8, ls=ls)


def heat_map(ax: Axes, table: pd.DataFrame, form: str, cmap: str, low: float, high: float) -> None:
    """A table as numbers on colours, from `low` to `high`; its index and columns name the ticks."""
    values = table.to_numpy(float)
    image = ax.imshow(values, cmap=cmap, vmin=low, vmax=high, aspect="auto")
    colours = np.asarray(image.to_rgba(values))
    for (i, j), value in np.ndenumerate(values):
        red, green, blue, _ = colours[i, j]
        ink = "white" if 0.3 * red + 0.6 * green + 0.1 * blue < 0.5 else "black"
        ax.text(j, i, form.format(value), ha="center", va="center", color=ink, fontsize=9)
    ax.set(yticks=range(len(table)), yticklabels=table.index, xticks=range(table.shape[1]), xticklabels=table.columns)
    ax.grid(visible=False)


def diagonal(ax: Axes) -> None:
    """The line of perfect calibration, and the unit square around it."""
    ax.plot([0, 1], [0, 1], color=GREY, lw=0.8, ls=":")
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))


def reliability(ax: Axes, curve: pd.DataFrame, colour: str, marker: str, label: str) -> None:
    """A reliability curve (`tables.curve`) as points with their intervals."""
    points(ax, curve["mean_p"], curve, "right", alone=True, fmt=marker, color=colour, ms=4, lw=1, label=label)
