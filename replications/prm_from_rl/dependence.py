"""Do a model's solving of a problem and its judging of another's solution go together, item by item?

The paper's test is Pearson's chi-square of a 2 x 2 table. Difficulty alone makes both fail, so the question is asked
again within strata: rare operands (0, 1, 2, 3 or more) by steps (up to 3, more) by whether the solution is right
(Cochran-Mantel-Haenszel; Mantel & Haenszel 1959 for the common odds ratio).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable

from common.arrays import Floats
from lab.arithmetic import chain_of
from replications.prm_from_rl.items import SteppedSolution
from replications.prm_from_rl.judging import Resampled


@dataclass(frozen=True, slots=True)
class LogOdds:
    """Logarithms of odds ratios in the data (row 0) and in resamples of their problems, [R + 1] each."""

    plain: Floats
    within_strata: Floats


def strata(items: Sequence[SteppedSolution]) -> np.ndarray:
    """[N] stratum of difficulty of each lab item."""
    chains = [chain_of(item.problem) for item in items]
    rare = np.minimum([chain.rare_steps for chain in chains], 3)
    long = np.array([len(chain.operations) > 3 for chain in chains])
    wrong = np.array([item.label != -1 for item in items])
    return np.asarray(rare * 4 + long * 2 + wrong)


def log_odds(items: Sequence[SteppedSolution], solved: Floats, said: Floats, resampled: Resampled) -> LogOdds:
    """Log odds ratios of judging an item right and solving its problem.

    The plain one has 1/2 added to each cell; that within strata is Mantel and Haenszel's, infinite or NaN where the
    data leave it undefined.
    """
    cells = _cells(items, solved, said)
    a, b, c, d = (resampled.sums(cell) + 0.5 for cell in cells)
    plain = np.log(a * d / (b * c))
    upper, lower = np.zeros_like(plain), np.zeros_like(plain)
    groups = strata(items)
    for group in np.unique(groups):
        a, b, c, d = (resampled.sums(cell * (groups == group)) for cell in cells)
        total = np.maximum(a + b + c + d, 1)
        upper, lower = upper + a * d / total, lower + b * c / total
    with np.errstate(divide="ignore", invalid="ignore"):
        return LogOdds(plain, np.log(upper / lower))


def table(items: Sequence[SteppedSolution], runs: Sequence[tuple[str, int, Floats, Floats]]) -> pd.DataFrame:
    """Both tests of every model: `runs` holds arm, seed, solved [N] and predictions [N]."""
    if not runs:
        return pd.DataFrame()  # real items have no strata either
    groups, rows = strata(items), []
    for arm, seed, solved, said in runs:
        cells = _cells(items, solved, said)
        counts = np.array([cell.sum() for cell in cells]).reshape(2, 2)
        row = {"arm": arm, "seed": seed}
        row |= dict(zip(("both", "judged_only", "solved_only", "neither"), counts.ravel().astype(int), strict=True))
        rows.append(row | _chi_square(counts) | _stratified(cells, groups))
    return pd.DataFrame(rows)


def _cells(items: Sequence[SteppedSolution], solved: Floats, said: Floats) -> list[np.ndarray]:
    """Indicators of the four cells: judged right and solved, judged right only, solved only, neither."""
    right = said == np.array([item.label for item in items])
    own = solved.astype(bool)
    return [right & own, right & ~own, ~right & own, ~right & ~own]


def _chi_square(counts: np.ndarray) -> dict[str, float]:
    if (counts.sum(axis=0) == 0).any() or (counts.sum(axis=1) == 0).any():
        return {"chi_square": np.nan, "p": np.nan}
    found = stats.chi2_contingency(counts, correction=False)
    return {"chi_square": float(found.statistic), "p": float(found.pvalue)}


def _stratified(cells: Sequence[np.ndarray], groups: np.ndarray) -> dict[str, float]:
    layers = [np.array([cell[groups == group].sum() for cell in cells]).reshape(2, 2) for group in np.unique(groups)]
    informative = [layer for layer in layers if (layer.sum(axis=0) > 0).all() and (layer.sum(axis=1) > 0).all()]
    if not informative:
        return {"cmh": np.nan, "cmh_p": np.nan, "odds_ratio": np.nan}
    found = StratifiedTable([layer.astype(float) for layer in informative])
    test = found.test_null_odds()
    with np.errstate(divide="ignore"):
        ratio = float(found.oddsratio_pooled)
    return {
        "cmh": float(test.statistic),
        "cmh_p": float(test.pvalue),
        "odds_ratio": ratio if np.isfinite(ratio) else np.nan,
    }
