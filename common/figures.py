"""House style for figures, and saving them so that the same data give the same bytes.

Every figure is saved three times: SVG for pages, PDF for papers, PNG for eyes. Each carries its
title and source (notebook and parameters) in its metadata, and no date.
"""

from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#666666"]
"""Okabe and Ito's colours, told apart by colour-blind readers too."""

GREY = "#666666"


def house_style() -> None:
    """Make the house style the default of this process."""
    plt.style.use(Path(__file__).with_name("house.mplstyle"))


def save(figure: Figure, stem: Path, title: str, source: str) -> None:
    """Write `stem`.svg, .pdf and .png, with title and source in the metadata and no time stamps."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(stem.with_suffix(".svg"), metadata={"Title": title, "Source": source, "Date": None, "Creator": None})
    stamps = {"Creator": None, "Producer": None, "CreationDate": None}
    figure.savefig(stem.with_suffix(".pdf"), metadata={"Title": title, "Subject": source, **stamps})
    figure.savefig(stem.with_suffix(".png"), metadata={"Title": title, "Source": source, "Software": None})
