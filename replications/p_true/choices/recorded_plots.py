"""The figures about recorded answers: each takes tables of one data set and returns a figure."""

from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from common import plots as draw
from common.figures import PALETTE
from replications.p_true.choices import temperature
from replications.p_true.choices.recorded import CHAT, NAMES, SIZES

COLOUR = {0: PALETTE[1], 5: PALETTE[0]}
MARKER = {0: "s", 5: "o"}
STATE_LOOK = dict(zip(temperature.STATES, ((PALETTE[1], "s"), (PALETTE[0], "o"), (PALETTE[2], "^")), strict=True))


def reliability(curves: pd.DataFrame) -> Figure:
    """Probability against share right of each model, smallest to largest in a row a family, at 0 and 5 shots."""
    figure, axes = plt.subplots(3, 4, figsize=(11, 8.4), sharex=True, sharey=True)
    for row, (family, models) in zip(axes, SIZES.items(), strict=True):
        for ax, model in zip(row, models, strict=False):
            ax.set_title(f"{family} {models[model]}B", fontsize=10)
            draw.diagonal(ax)
            for shots in (0, 5):
                mine = curves[(curves["model"] == model) & (curves["shots"] == shots)]
                draw.reliability(ax, mine[mine["population"] == "top"], COLOUR[shots], MARKER[shots], f"{shots} shots")
                pooled = mine[mine["population"] == "all"]
                ax.plot(pooled["mean_p"], pooled["right"], color=COLOUR[shots], lw=1, alpha=0.6)
        for ax in row[len(models) :]:
            ax.set_visible(False)
    name = NAMES[curves["dataset"].iloc[0]]
    figure.supxlabel(f"mean probability of ten bins, {name}; points: likeliest letter, lines: all four options")
    figure.supylabel("share right (95% Wilson)")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    return figure


def calibration_error(cells: pd.DataFrame) -> Figure:
    """ECE by size beside the band that a perfectly calibrated model with the same probabilities would show."""
    figure, axes = _by_family(cells, "ECE of the likeliest letter\n(ten bins, 95% interval)")
    for ax, (family, _) in zip(axes, SIZES.items(), strict=True):
        for shots, side in ((0, 0.87), (5, 1.05)):
            mine = cells[(cells["family"] == family) & (cells["shots"] == shots)]
            x, colour = mine["billions"] * side, COLOUR[shots]
            label = f"ECE, {shots} shots"
            ends = draw.interval(mine, "excess", of="ece")
            ax.errorbar(x, mine["ece"], ends, fmt=MARKER[shots], color=colour, capsize=3, label=label)
            label = f"noise floor (band: to 95%), {shots} shots"
            ax.vlines(x * 1.09, 0, mine["floor_95"], color=colour, lw=5, alpha=0.25)
            ax.plot(x * 1.09, mine["floor"], "_", color=colour, ms=9, label=label)
    axes[0].set_ylim(0, 1.05 * max(cells["ece"].max(), cells["excess_high"].max()) + 0.03)
    _legend(figure, axes[0])
    return figure


def brier(cells: pd.DataFrame) -> Figure:
    """Brier score of the likeliest letter by size, beside that of always saying the model's accuracy, a (1 - a)."""
    figure, axes = _by_family(cells, "Brier score of the likeliest letter\n(95% interval)")
    for ax, (family, _) in zip(axes, SIZES.items(), strict=True):
        for shots in (0, 5):
            mine = cells[(cells["family"] == family) & (cells["shots"] == shots)]
            look: dict[str, Any] = {"color": COLOUR[shots], "marker": MARKER[shots]}
            draw.points(ax, mine["billions"], mine, "brier", capsize=3, label=f"Brier, {shots} shots", **look)
            label = f"accuracy alone, {shots} shots"
            ax.plot(mine["billions"], mine["base_rate_brier"], ls=":", mfc="white", label=label, **look)
    axes[0].set(
        ylim=(0, 1.05 * cells["brier_high"].max()), ylabel="Brier score of the likeliest letter\n(95% interval)"
    )
    _legend(figure, axes[0])
    return figure


def before_and_after(curves: pd.DataFrame, table: pd.DataFrame) -> Figure:
    """Chat models as recorded, at the fitted temperature and at the paper's, on questions it was not fitted on."""
    figure, axes = plt.subplots(1, len(CHAT), figsize=(11, 4.2), sharex=True, sharey=True)
    for ax, model in zip(axes, CHAT, strict=True):
        draw.diagonal(ax)
        for state in temperature.STATES:
            found = table[(table["model"] == model) & (table["state"] == state)].iloc[0]
            name = f"fitted, T = {found['temperature']:.2f}" if state == "fitted" else state
            label = f"{name}: ECE {found['ece']:.3f} (floor {found['floor']:.3f})"
            mine = curves[(curves["model"] == model) & (curves["state"] == state)]
            draw.reliability(ax, mine, *STATE_LOOK[state], label)
        ax.set_title(f"Llama-2-chat {SIZES['Llama-2-chat'][model]}B", fontsize=10)
        ax.legend(fontsize=7.5, loc="upper left")
    axes[0].set_ylabel("share right (95% Wilson)")
    name, n = NAMES[table["dataset"].iloc[0]], table["n"].iloc[0]
    figure.supxlabel(f"mean probability of the likeliest letter, ten bins, {n:,} questions of {name}, 5 shots")
    return figure


def _by_family(cells: pd.DataFrame, measure: str) -> tuple[Figure, list[Axes]]:
    figure, axes = plt.subplots(1, len(SIZES), figsize=(11, 3.8), sharey=True)
    for ax, (family, models) in zip(axes, SIZES.items(), strict=True):
        ax.set(title=family, xscale="log", xlim=(5, 95))
        ax.set_xticks(list(models.values()), [f"{size}B" for size in models.values()])
        ax.minorticks_off()
    name, n = NAMES[cells["dataset"].iloc[0]], cells["n"].iloc[0]
    axes[0].set_ylabel(measure)
    figure.supxlabel(f"parameters ({name}, {n:,} questions)")
    return figure, list(axes)


def _legend(figure: Figure, ax: Axes) -> None:
    figure.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=4, fontsize=8.5)
