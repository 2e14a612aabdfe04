"""What tables of several papers share: columns of calibration, headline numbers, and claims by seed."""

from collections.abc import Hashable, Mapping

import pandas as pd

from common.arrays import Floats
from common.stats import intervals
from common.stats.calibration import binned, scores, smooth
from common.stats.calibration.excess import BINS, Excess
from common.stats.estimates import Found


def errors(measured: Excess, cell: Hashable) -> dict[str, float]:
    """Calibration error of a cell, its noise floor, and the excess with a 95% interval."""
    floor, found = measured.floors[cell], measured.contrast({cell: 1.0})
    beside = {"ece": floor.measured, "floor": floor.mean, "floor_95": floor.quantile(0.95), "p_value": floor.p_value}
    return beside | found.columns("excess")


def forecast(p: Floats, c: Floats) -> dict[str, float]:
    """Accuracy, other calibration errors, and the Brier score (95% interval) beside that of the base rate."""
    squared = intervals.mean(scores.squared_errors(p, c))
    return (
        {"n": len(p), "accuracy": c.mean(), "mean_p": p.mean()}
        | {"rms": binned.rms_calibration_error(p, c, BINS), "smooth_ece": smooth.smooth_ece(p, c)}
        | squared.columns("brier")
        | {"base_rate_brier": scores.base_rate_brier(c)}
    )


def curve(p: Floats, c: Floats) -> pd.DataFrame:
    """A reliability curve with 95% Wilson intervals: one row a bin of equal count."""
    found = binned.reliability_curve(p, c, BINS)
    return pd.DataFrame({name: getattr(found, name) for name in ("mean_p", "right", "low", "high")})


def by_seed(found: Mapping[int, Mapping[str, Found]]) -> pd.DataFrame:
    """What every claim's estimand comes to under each seed: one row a claim and seed."""
    rows = [
        {"claim": claim, "seed": seed} | e.columns("estimate", alone=True)
        for seed, estimates in found.items()
        for claim, e in estimates.items()
    ]
    return pd.DataFrame(rows, columns=["claim", "seed", "estimate", "low", "high"]).sort_values(
        ["claim", "seed"], ignore_index=True
    )


def headline(rows: pd.DataFrame, by: str) -> dict[str, dict[str, float]]:
    """What of a table is worth a line in the metrics, by a column; what does not exist is left out."""
    measures = [what for what in ("accuracy", "auroc", "brier", "base_rate_brier", "excess", "mass") if what in rows]
    return {
        str(row[by]): {what: round(float(row[what]), 4) for what in measures if pd.notna(row[what])}
        for _, row in rows.iterrows()
    }
