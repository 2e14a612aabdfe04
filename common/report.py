"""The report: one self-contained page with every claim, figure and provenance (`make report`)."""

import base64
import json
import sys
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from common import scoreboard
from common.errors import InputError
from common.paths import OUTPUTS, REPLICATIONS
from common.runs.provenance import relative
from common.runs.record import write_whole
from common.scoreboard import Board

PAGE = OUTPUTS / "report" / "index.html"


def render(boards: list[Board]) -> str:
    """Render the page as HTML text; everything from outside is escaped, figures are embedded."""
    environment = Environment(
        loader=PackageLoader("common", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    papers = [{"board": board, "notebooks": [_notebook(board, stem) for stem in _stems(board)]} for board in boards]
    return environment.get_template("report.html.j2").render(papers=papers)


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


def _stems(board: Board) -> list[str]:
    return list(dict.fromkeys(row.claim.notebook for row in board.rows))


def _notebook(board: Board, stem: str) -> dict[str, Any]:
    """What the page shows of one notebook: figures with captions, a link to the executed page, provenance."""
    folder = REPLICATIONS / board.name / "figures" / stem
    index = folder / "captions.json"
    published = board.published.get(stem, {})
    captions: dict[str, str] = json.loads(index.read_text()) if index.is_file() else {}
    executed = OUTPUTS / board.name / stem / f"{stem}.html"
    return {
        "stem": stem,
        "figures": [(caption, _data_uri(folder / f"{name}.svg")) for name, caption in captions.items()],
        "link": f"../{board.name}/{stem}/{stem}.html" if executed.is_file() else None,
        "warnings": published.get("warnings", []),
        "parameters": published.get("parameters"),
        "data": published.get("data", {}),
        "provenance": board.provenance.get(stem),
    }


def _data_uri(figure: Path) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(figure.read_bytes()).decode()


if __name__ == "__main__":
    sys.exit(main())
