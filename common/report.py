"""The report: one self-contained page with every claim, figure and provenance (`make report`)."""

import base64
import json
import sys
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from common import scoreboard, subjects
from common.claims import Status
from common.errors import InputError
from common.files import write_whole
from common.paths import OUTPUTS, RESULTS
from common.runs.cells import Cell
from common.runs.provenance import relative
from common.scoreboard import Board

PAGE = OUTPUTS / "report" / "index.html"


def render(boards: list[Board]) -> str:
    """Render the page as HTML text; everything from outside is escaped, figures are embedded."""
    environment = Environment(
        loader=PackageLoader("common", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    papers = [{"board": board, "cells": [_cell(board, cell) for cell in board.cells]} for board in boards]
    published = {subject for board in boards for subject, _ in board.columns}
    columns = [one for one in subjects.listed().values() if one.id in published]
    matrix = [(board, [scoreboard.counts(board.verdicts(one.id)) for one in columns]) for board in boards]
    template = environment.get_template("report.html.j2")
    return template.render(papers=papers, subjects=columns, matrix=matrix, statuses=list(map(str, Status)))


def main() -> int:
    """Write the page; a malformed claims.yaml is one line and exit code 2."""
    try:
        page = render(scoreboard.boards())
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    write_whole(PAGE, page)
    print(f"report: {relative(PAGE)}")
    return 0


def _cell(board: Board, cell: Cell) -> dict[str, Any]:
    """What the page shows of one cell: figures with captions, a link to the executed page, provenance."""
    folder = RESULTS / cell.place / "figures"
    index = folder / "captions.json"
    published = board.published.get(cell.name, {})
    captions: dict[str, str] = json.loads(index.read_text()) if index.is_file() else {}
    executed = cell.place / f"{cell.notebook.stem}.html"
    return {
        "title": f"{cell.experiment}: {cell.subject.id}, {cell.task}",
        "about": cell.subject.about,
        "figures": [(caption, _data_uri(folder / f"{name}.svg")) for name, caption in captions.items()],
        "link": f"../{executed}" if (OUTPUTS / executed).is_file() else None,
        "warnings": published.get("warnings", []),
        "parameters": published.get("parameters"),
        "data": published.get("data", {}),
        "provenance": board.provenance.get(cell.name),
    }


def _data_uri(figure: Path) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(figure.read_bytes()).decode()


if __name__ == "__main__":
    sys.exit(main())
