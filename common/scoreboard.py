"""Published verdicts beside the paper's values, and whether the last quick run agrees.

The one reading of claims.yaml, published results and quick results that the report page and the
README tables share.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common import claims, stages
from common.claims import Claim, Status, Verdict
from common.paths import OUTPUTS, REPLICATIONS


@dataclass(frozen=True)
class Row:
    """One claim: what the paper says, what the full run found, what the quick run says."""

    claim: Claim
    published: Verdict | None
    quick: str

    @property
    def verdict(self) -> str:
        """Published verdict in words."""
        if self.published:
            return str(self.published.verdict)
        return str(Status.NOT_TESTABLE) if self.claim.rule is None else "not run"

    @property
    def estimate(self) -> str:
        """Published estimate with its interval, as text."""
        return interval_text(self.published) if self.published else "–"


@dataclass(frozen=True)
class Board:
    """One replication."""

    name: str
    paper: claims.Paper
    rows: list[Row]
    published: dict[str, dict[str, Any]]  # notebook stem -> published results
    provenance: dict[str, dict[str, Any]]  # notebook stem -> provenance of the quick run


def boards(replications: Path = REPLICATIONS) -> list[Board]:
    """Every replication that states claims, in alphabetical order."""
    return [_board(file) for file in sorted(replications.glob("*/claims.yaml"))]


def interval_text(verdict: Verdict) -> str:
    """Write an estimate as `0.41 [0.39, 0.43]`; an unbounded end is `∞`, an exact count has no brackets."""
    if verdict.estimate is None:
        return "–"
    if verdict.low == verdict.high == verdict.estimate:
        return f"{verdict.estimate:.4g}"
    low = "−∞" if verdict.low is None else f"{verdict.low:.4g}"
    high = "∞" if verdict.high is None else f"{verdict.high:.4g}"
    return f"{verdict.estimate:.4g} [{low}, {high}]"


def _board(file: Path) -> Board:
    folder = file.parent
    stated = claims.load(file)
    notebooks = list(dict.fromkeys(claim.notebook for claim in stated.claims))
    published = _read_all(notebooks, lambda stem: folder / "results" / f"{stem}.json")
    quick = _read_all(notebooks, lambda stem: OUTPUTS / folder.name / stem / "results.json")
    provenance = _read_all(notebooks, lambda stem: OUTPUTS / folder.name / stem / "provenance.json")
    # dvc may have brought back an older run's results from its cache; provenance of another run says nothing of them.
    provenance = {n: p for n, p in provenance.items() if n in quick and p["parameters"] == quick[n]["parameters"]}
    full_verdicts, quick_verdicts = _verdicts(published), _verdicts(quick)
    rows = []
    for claim in stated.claims:
        full = full_verdicts.get(claim.id)
        rows.append(Row(claim, full, _agreement(folder.name, claim, full, quick_verdicts.get(claim.id))))
    return Board(folder.name, stated.paper, rows, published, provenance)


def _agreement(paper: str, claim: Claim, full: Verdict | None, quick: Verdict | None) -> str:
    if claim.rule is None:
        return "–"
    if quick is None:
        return stages.why_not_run(paper, claim.notebook)
    if full is None:
        return f"{quick.verdict}, {interval_text(quick)}"
    return "agrees" if quick.verdict == full.verdict else f"differs: {quick.verdict}, {interval_text(quick)}"


def _read_all(notebooks: list[str], where: Any) -> dict[str, dict[str, Any]]:
    return {stem: json.loads(where(stem).read_text()) for stem in notebooks if where(stem).is_file()}


def _verdicts(results: dict[str, dict[str, Any]]) -> dict[str, Verdict]:
    found = [Verdict.model_validate(claim) for result in results.values() for claim in result["claims"]]
    return {verdict.id: verdict for verdict in found}
