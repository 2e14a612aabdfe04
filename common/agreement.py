"""Where subjects agree: one claim beside its verdicts on the lab, on recorded answers and on real models."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from common.claims import Status
from common.scoreboard import Board

DECIDED = (Status.SUPPORTED, Status.CONTRADICTED)
KEY = ["paper", "claim"]


def verdicts(boards: Iterable[Board]) -> pd.DataFrame:
    """Published verdicts by a rule, one a row: paper, claim, primary, route, subject, task, verdict and its numbers."""
    rows = [
        {
            "paper": board.name,
            "claim": row.claim.id,
            "text": row.claim.text,
            "primary": bool(row.claim.rule and row.claim.rule.primary),
            "route": one.cell.subject.route,
            "subject": one.cell.subject.id,
            "task": one.cell.task,
            "verdict": str(one.published.verdict),
            **{name: getattr(one.published, name) for name in ("estimate", "low", "high", "n")},
            "method": one.published.method,
        }
        for board in boards
        for row in board.rows
        for one in row.judged.values()
        if one.published and row.claim.rule
    ]
    columns = [*KEY, "text", "primary", "route", "subject", "task", "verdict", "estimate", "low", "high", "n", "method"]
    return pd.DataFrame(rows, columns=columns)


def pairs(found: pd.DataFrame, first: str = "lab", second: str = "model") -> pd.DataFrame:
    """Each claim on each pair of subjects of two routes: both verdicts, and whether they are the same.

    Args:
        found: as `verdicts` gives them.
        first, second: routes.

    Returns:
        One row a claim and pair; `agree` is True or False where both are decided (supported or contradicted), else
        missing.
    """
    sides = [found[found["route"] == route] for route in (first, second)]
    joined = sides[0].merge(sides[1], on=KEY, suffixes=(f"_{first}", f"_{second}"))
    both = joined[[f"verdict_{first}", f"verdict_{second}"]]
    decided = both.isin([str(one) for one in DECIDED]).all(axis=1)
    same = (both[f"verdict_{first}"] == both[f"verdict_{second}"]).astype("boolean")
    return joined.assign(agree=same.where(decided))


def matrix(found: pd.DataFrame) -> pd.DataFrame:
    """Verdicts in words: a line a claim that was judged on two columns or more, a column a subject and task."""
    column = found["subject"] + ", " + found["task"]
    table = found.assign(column=column).pivot(index=KEY, columns="column", values="verdict")
    order = {key: place for place, key in enumerate(map(tuple, found[KEY].to_numpy()))}
    kept = table[table.notna().sum(axis=1) > 1]
    return kept.loc[sorted(kept.index, key=lambda key: order[key]), list(dict.fromkeys(column))].dropna(
        axis=1, how="all"
    )


def published(boards: Iterable[Board], experiment: str, table: str) -> pd.DataFrame:
    """One table of the published results of an experiment, of all its cells, with their subjects (and tasks)."""
    parts = []
    for board in boards:
        for cell in board.cells:
            if cell.experiment == experiment and cell.name in board.published:
                rows = pd.DataFrame(board.published[cell.name]["tables"][table])
                parts.append(rows.assign(subject=cell.subject.id, task=rows.get("task", cell.task)))
    return pd.concat(parts, ignore_index=True)


def soundness(boards: Iterable[Board], route: str = "model") -> pd.DataFrame:
    """What the verdicts of each published cell rest on: one row a cell.

    Columns: paper, experiment, subject, task; `n` (the most units an interval speaks of), `decided`, `inconclusive`
    and `not testable` verdicts by a rule, `least mass` (of the labels, over all ways of asking; NaN where none were
    scored), `cut off` (largest share of completions that ended at `max_tokens`; NaN where nothing was written).
    """
    rows = []
    for board in boards:
        ruled = {row.claim.id for row in board.rows if row.claim.rule}
        for cell in board.cells:
            if cell.subject.route != route or cell.name not in board.published:
                continue
            results = board.published[cell.name]
            judged = [claim for claim in results["claims"] if claim["id"] in ruled]
            words = [claim["verdict"] for claim in judged]
            rows.append(
                {
                    "paper": board.name,
                    "experiment": cell.experiment,
                    "subject": cell.subject.id,
                    "task": cell.task,
                    "n": max((claim["n"] for claim in judged if claim["n"]), default=0),
                    "decided": sum(words.count(str(one)) for one in DECIDED),
                    "inconclusive": words.count(str(Status.INCONCLUSIVE)),
                    "not testable": words.count(str(Status.NOT_TESTABLE)),
                    "least mass": min(_masses(results), default=float("nan")),
                    "cut off": max(results["cut_off"].values(), default=float("nan")),
                }
            )
    return pd.DataFrame(rows)


def _masses(results: Mapping[str, Any]) -> list[float]:
    """Every mass of labels in the tables of a result; options that are scored by their own words have no labels."""
    rows = [row for table in results["tables"].values() for row in table if row.get("layout") != "texts"]
    return [row["mass"] for row in rows if row.get("mass") is not None]
