"""What verifications say and how they are read: parsers against each other, verdicts against the truth."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from common.arrays import Bools, Floats
from common.stats import intervals
from replications.genrm_vs_sc.compute import columns
from replications.genrm_vs_sc.curves import mean_verdict
from replications.genrm_vs_sc.pools import Pools

READINGS = ["yes", "no", "none"]


def spelled(verdicts: Floats) -> NDArray[np.str_]:
    """Verdicts as words: yes, no, none (no verdict found)."""
    return np.where(np.isnan(verdicts), "none", np.where(verdicts == 1, "yes", "no"))


def confusion(tolerant: Floats, strict: Floats, right: Bools) -> pd.DataFrame:
    """How often two parsers read the same verification each way: right, tolerant, strict, verifications.

    Args:
        tolerant, strict: verdicts of the same solutions, [n, V0].
        right: whether each solution is right, [n].
    """
    readings = pd.DataFrame(
        {
            "right": np.repeat(right, tolerant.shape[1]),
            "tolerant": pd.Categorical(spelled(tolerant).ravel(), READINGS),
            "strict": pd.Categorical(spelled(strict).ravel(), READINGS),
        }
    )
    counts = readings.groupby(["right", "tolerant", "strict"], observed=False).size().reset_index(name="verifications")
    return counts.astype({"tolerant": str, "strict": str})


def rates(readings: Mapping[str, Floats], right: Bools, questions: NDArray[np.generic]) -> pd.DataFrame:
    """Shares of verdicts of each kind by parser, for right, wrong and all solutions; intervals over questions.

    Args:
        readings: verdicts by name of the parser, [n, V0] each.
        right: whether each solution is right, [n].
        questions: question of each solution, the clusters of the intervals, [n].
    """
    rows = []
    for parser, verdicts in readings.items():
        for solutions, chosen in (("right", right), ("wrong", ~right), ("all", np.full(len(right), True))):
            clusters = np.repeat(questions[chosen], verdicts.shape[1])
            words = spelled(verdicts[chosen]).ravel()
            row: dict[str, object] = {"parser": parser, "solutions": solutions, "verifications": len(words)}
            for word in READINGS:
                share = intervals.mean(words == word, clusters)
                row |= share.columns(word)
            rows.append(row)
    return pd.DataFrame(rows)


def yes_counts(verdicts: Floats, right: Bools) -> pd.DataFrame:
    """Right and wrong solutions by how many of their V0 verdicts are Yes: right, yes, solutions, share (0 of none)."""
    rows = []
    for kind in (True, False):
        yes = (verdicts[right == kind] == 1).sum(axis=1)
        counts = np.bincount(yes, minlength=verdicts.shape[1] + 1)
        rows += [(kind, k, count, count / max(len(yes), 1)) for k, count in enumerate(counts)]
    return pd.DataFrame(rows, columns=["right", "yes", "solutions", "share"])


def repeat_correlation(verdicts: Floats, right: Bools) -> dict[str, float]:
    """Mean correlation between two verdicts on one solution, for right and for wrong solutions.

    0 if repeating a verification brought wholly new evidence, 1 if it brought none.
    """
    found = {}
    for name, chosen in (("right", right), ("wrong", ~right)):
        matrix = pd.DataFrame(verdicts[chosen]).corr().to_numpy()
        found[name] = float(matrix[np.triu_indices(len(matrix), 1)].mean())
    return found


def acceptance(pools: Pools, right: bool, weights: Floats) -> tuple[Floats, Floats]:
    """Mean verdict on right (or wrong) solutions, and correlation of two verdicts on one solution: [R] each.

    NaN where there is no such solution, or no variation to correlate. Missing verdicts are left out.

    Args:
        pools: of Q questions.
        right: which solutions.
        weights: of the questions, [R, Q].
    """
    chosen = pools.present & ((pools.correct == 1) == right)
    found = (~np.isnan(pools.verdicts)).sum(axis=2) * chosen
    total, squares = (np.nansum(pools.verdicts**k, axis=2) * chosen for k in (1, 2))
    repeated = found > 1  # a solution weighs as many times as it has verdicts
    products = np.where(repeated, (total**2 - squares) / np.maximum(found - 1, 1), 0)
    parts = (total, found, *(values * repeated for values in (products, total, squares, found)))
    given, count, both, once, square, again = (weights @ values.sum(axis=1) for values in parts)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: Floats = given / count
        variance = square / again - (once / again) ** 2
        correlation = (both / again - (once / again) ** 2) / np.where(variance > 1e-12, variance, np.nan)
    return mean, correlation


def within_auroc(pools: Pools) -> Floats:
    """Chance that a right solution of a question has a higher mean verdict than a wrong one, ties half: [Q].

    NaN where all solutions are right, or all wrong. This is what best-of-N lives on: differences between questions
    do not help it.
    """
    score = mean_verdict(pools.verdicts)
    ahead = np.sign(score[:, :, None] - score[:, None, :]) / 2 + 0.5
    right = pools.present & (pools.correct == 1)
    pairs = right[:, :, None] & (pools.present & ~right)[:, None, :]
    counts = pairs.sum(axis=(1, 2))
    area: Floats = np.where(counts > 0, (ahead * pairs).sum(axis=(1, 2)) / np.maximum(counts, 1), np.nan)
    return area


def quality(by_verifier: Mapping[str, Pools], weights: Floats) -> pd.DataFrame:
    """How good verifiers are, with intervals over questions: one row a verifier; NaN where undefined.

    Columns: tpr and fpr (mean verdict on right and wrong solutions), auroc (within questions, mean over those that have
    both kinds), agreement_right and agreement_wrong (correlation of two verdicts on one solution), missing.
    """
    rows = []
    for name, pools in by_verifier.items():
        tpr, agreement_right = acceptance(pools, True, weights)
        fpr, agreement_wrong = acceptance(pools, False, weights)
        area = within_auroc(pools)
        mixed = ~np.isnan(area)
        with np.errstate(invalid="ignore"):
            auroc = (weights[:, mixed] @ area[mixed]) / weights[:, mixed].sum(axis=1)
        found = {"tpr": tpr, "agreement_right": agreement_right, "fpr": fpr, "agreement_wrong": agreement_wrong}
        rows.append(
            {"verifier": name}
            | columns(len(pools.questions), **found, auroc=auroc)
            | {"mixed_questions": int(mixed.sum())}
            | {"missing": float(np.isnan(pools.verdicts[pools.present]).mean())}
        )
    return pd.DataFrame(rows)
