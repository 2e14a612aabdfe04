"""Tables of answers that a user imported. What does not exist (nobody recorded it, too few rows) is left empty."""

import pandas as pd

from common import tables
from common.stats.calibration.excess import BINS, Excess
from common.stats.estimates import Undefined
from replications.p_true.p_true.recorded import Recorded
from replications.p_true.p_true.recorded_estimates import COLUMNS
from replications.p_true.p_true.scoring import Scoring
from replications.p_true.p_true.tables import measures


def cell_table(recorded: Recorded, task: str, errors: Excess | Undefined, scoring: Scoring) -> pd.DataFrame:
    """One row: what was imported, and every measure of P(True) with its reference and 95% interval."""
    rows = recorded.judged("p_true")
    row = {"task": task, "answered": recorded.answered, "left_out": recorded.answered - len(rows)}
    row |= {"accuracy": recorded.rows["right"].mean()}
    row |= measures(rows, scoring) if len(rows) else {}
    return pd.DataFrame([row | (tables.errors(errors, "p_true") if isinstance(errors, Excess) else {})])


def curve_table(rows: pd.DataFrame) -> pd.DataFrame:
    """The reliability curve of P(True), ten bins; nothing where there are fewer rows than bins."""
    if len(rows) < BINS:
        return pd.DataFrame(columns=["mean_p", "right", "low", "high"], dtype=float)
    return tables.curve(rows["p_true"].to_numpy(), rows["right"].to_numpy())


def score_table(recorded: Recorded, scoring: Scoring) -> pd.DataFrame:
    """AUROC of P(True) and of the likelihood, each on the answers that have it."""
    scored = {score: recorded.judged(score) for score in COLUMNS}
    return pd.DataFrame(
        {"score": score, "n": len(rows)} | scoring.auroc(rows, score).columns("auroc") for score, rows in scored.items()
    )
