"""Published verdicts beside the paper's values, subject by subject, and whether the last quick run agrees.

The one reading of claims.yaml, published results and quick results that the report page and the
README tables share.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common import claims
from common.claims import Claim, Status, Verdict
from common.errors import InputError
from common.paths import OUTPUTS, REPLICATIONS, RESULTS
from common.runs import cells
from common.runs.cells import Cell

Key = tuple[str, str, str]
"""Claim, subject and task."""
Columns = list[tuple[str, str]]
"""Subjects and tasks."""


@dataclass(frozen=True)
class Judgement:
    """One claim on one subject and task: what the full run found, what the quick run says."""

    cell: Cell
    published: Verdict | None
    quick: str

    @property
    def verdict(self) -> str:
        """Published verdict in words."""
        return str(self.published.verdict) if self.published else "not run"

    @property
    def estimate(self) -> str:
        """Published estimate with its interval, as text."""
        return interval_text(self.published) if self.published else "–"


@dataclass(frozen=True)
class Row:
    """One claim, and by subject and task a judgement for each cell that it is about."""

    claim: Claim
    judged: dict[tuple[str, str], Judgement]


@dataclass(frozen=True)
class Board:
    """One replication."""

    name: str
    paper: claims.Paper
    rows: list[Row]
    cells: list[Cell]
    published: dict[str, dict[str, Any]]  # name of a cell -> published results
    provenance: dict[str, dict[str, Any]]  # name of a cell -> provenance of the quick run

    @property
    def columns(self) -> Columns:
        """Subjects and tasks of which something is published, in the order of the cells."""
        return list(dict.fromkeys(column(cell) for cell in self.cells if cell.name in self.published))

    def verdicts(self, subject: str) -> list[str]:
        """Published verdicts on a subject, in words."""
        judged = [one for row in self.rows for one in row.judged.values() if one.cell.subject.id == subject]
        return [one.verdict for one in judged if one.published]


def column(cell: Cell) -> tuple[str, str]:
    """Subject and task of a cell."""
    return cell.subject.id, cell.task


def boards(replications: Path = REPLICATIONS, stated: Iterable[Cell] | None = None) -> list[Board]:
    """Every replication that states claims, in alphabetical order.

    Args:
        replications: folder of the papers.
        stated: their cells; default: those of params.yaml.

    Raises:
        InputError: a malformed claims.yaml or params.yaml, or two results for one claim, subject and task.
    """
    every = list(cells.load().values() if stated is None else stated)
    files = sorted(replications.glob("*/claims.yaml"))
    return [_board(file, [cell for cell in every if cell.paper == file.parent.name]) for file in files]


def interval_text(verdict: Verdict) -> str:
    """Write an estimate as `0.41 [0.39, 0.43]`; an unbounded end is `∞`, an exact count has no brackets."""
    if verdict.estimate is None:
        return "–"
    if verdict.low == verdict.high == verdict.estimate:
        return f"{verdict.estimate:.4g}"
    low = "−∞" if verdict.low is None else f"{verdict.low:.4g}"
    high = "∞" if verdict.high is None else f"{verdict.high:.4g}"
    return f"{verdict.estimate:.4g} [{low}, {high}]"


def _board(file: Path, mine: list[Cell]) -> Board:
    stated = claims.load(file)
    published = _read_all(mine, RESULTS, "results.json")
    quick = _read_all(mine, OUTPUTS, "results.json")
    provenance = _read_all(mine, OUTPUTS, "provenance.json")
    # A run that is replaced at this moment may have results and provenance of two runs.
    provenance = {n: p for n, p in provenance.items() if n in quick and p["parameters"] == quick[n]["parameters"]}
    full_verdicts, quick_verdicts = _verdicts(published), _verdicts(quick)
    rows = []
    for claim in stated.claims:
        judged = {}
        for cell in mine:
            if cell.experiment == claim.experiment and claim.about(cell.subject):
                key = claim.id, *column(cell)
                full = full_verdicts.get(key)
                judged[column(cell)] = Judgement(cell, full, _agreement(cell, full, quick_verdicts.get(key)))
        rows.append(Row(claim, judged))
    return Board(file.parent.name, stated.paper, rows, mine, published, provenance)


def _agreement(cell: Cell, full: Verdict | None, quick: Verdict | None) -> str:
    if full and full.rule is None:
        return "–"
    if quick is None:
        return f"not run: data not available ({', '.join(cell.missing[:3])})" if cell.missing else "not run"
    if full is None:
        return f"{quick.verdict}, {interval_text(quick)}"
    return "agrees" if quick.verdict == full.verdict else f"differs: {quick.verdict}, {interval_text(quick)}"


def _read_all(mine: Sequence[Cell], top: Path, name: str) -> dict[str, dict[str, Any]]:
    files = {cell.name: top / cell.place / name for cell in mine}
    return {cell: json.loads(file.read_text()) for cell, file in files.items() if file.is_file()}


def _verdicts(results: Mapping[str, Mapping[str, Any]]) -> dict[Key, Verdict]:
    found: dict[Key, Verdict] = {}
    origin: dict[Key, str] = {}
    for cell, result in results.items():
        for claim in result["claims"]:
            verdict = Verdict.model_validate(claim)
            key = verdict.id, verdict.subject, verdict.task
            if key in found:
                raise InputError(
                    f"two results for claim {verdict.id} on {verdict.subject}, {verdict.task}: in the cells "
                    f"{origin[key]} and {cell}; remove one"
                )
            found[key], origin[key] = verdict, cell
    return found


def counts(verdicts: Sequence[str]) -> list[int]:
    """How many claims got each verdict, in the order of `claims.Status`."""
    return [sum(one == str(status) for one in verdicts) for status in Status]
