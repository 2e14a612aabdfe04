"""Where subjects agree: one claim beside its verdicts on the lab, on recorded answers and on real models."""

from collections.abc import Iterable

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
