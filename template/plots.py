"""The figures."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from common import plots
from common.figures import PALETTE


def by_level(table: pd.DataFrame) -> Figure:
    """Share right by level of difficulty (`tables.by_level`), with 95% intervals."""
    figure, ax = plt.subplots(figsize=(6, 3.4))
    plots.points(ax, table["level"], table, "right", fmt="o", color=PALETTE[0], capsize=2)
    ax.set(xlabel="level of difficulty", ylabel="share right", ylim=(-0.03, 1.03))
    ax.margins(x=0.1)
    return figure
