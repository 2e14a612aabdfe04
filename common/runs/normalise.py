"""Executed notebooks without clocks: two identical runs give identical bytes.

papermill and nbclient stamp times and random cell ids into a notebook. They say nothing about the
result, so they go; what the run was is in provenance.json. The HTML page is made from the
normalised notebook and therefore as stable.
"""

from pathlib import Path

import nbformat
from nbconvert import HTMLExporter


def normalise(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Remove time stamps and number the cell ids, in place."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
    return notebook


def finish_notebook(executed: Path, title: str) -> None:
    """Rewrite `executed` normalised and put its HTML page beside it."""
    notebook = normalise(nbformat.read(executed, as_version=4))
    nbformat.write(notebook, executed)
    page, _ = HTMLExporter(embed_images=True).from_notebook_node(notebook, {"metadata": {"name": title}})
    executed.with_suffix(".html").write_text(page)
