"""House style for figures, and saving them so that the same data give the same bytes.

Every figure is saved three times: SVG for pages, PDF for papers, PNG for eyes. Each carries its
title and source (notebook and parameters) in its metadata, and no date.
"""

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#666666"]
"""Okabe and Ito's colours, told apart by colour-blind readers too."""

GREY = "#666666"

_STYLE = {
    "figure.dpi": 110,
    "figure.constrained_layout.use": True,
    "savefig.dpi": 160,
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e3e3e3",
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "axes.prop_cycle": mpl.cycler(color=PALETTE),
    "svg.hashsalt": "replications",  # element ids that do not change from run to run
}


def house_style() -> None:
    """Make the house style the default of this process."""
    mpl.rcParams.update(_STYLE)


def save(figure: Figure, stem: Path, title: str, source: str) -> None:
    """Write `stem`.svg, .pdf and .png, with title and source in the metadata and no time stamps."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(stem.with_suffix(".svg"), metadata={"Title": title, "Source": source, "Date": None, "Creator": None})
    stamps = {"Creator": None, "Producer": None, "CreationDate": None}
    figure.savefig(stem.with_suffix(".pdf"), metadata={"Title": title, "Subject": source, **stamps})
    figure.savefig(stem.with_suffix(".png"), metadata={"Title": title, "Source": source, "Software": None})
