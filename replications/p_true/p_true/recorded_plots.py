"""The figure about imported P(True) that those about asked models do not have."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from common import plots as draw
from common.figures import PALETTE
from replications.p_true.plot_parts import error_note


def reliability(curve: pd.DataFrame, cell: pd.DataFrame) -> Figure:
    """Reliability of P(True), with ECE and its noise floor."""
    figure, ax = plt.subplots(figsize=(4.6, 4.6))
    draw.diagonal(ax)
    draw.reliability(ax, curve, PALETTE[0], "o", "P(True)")
    ax.set(xlabel="mean P(True), ten bins of equal count", ylabel="share right (95% Wilson)")
    ax.set_title(f"{cell['task'].item()}{error_note(cell)}", fontsize=9.5)
    return figure
