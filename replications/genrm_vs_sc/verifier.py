"""What verifications say and how they are read: parsers against each other, verdicts against the truth."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from common.stats import intervals
from replications.genrm_vs_sc.pools import Floats

READINGS = ["yes", "no", "none"]
Flags = NDArray[np.bool_]


def spelled(verdicts: Floats) -> NDArray[np.str_]:
    """Verdicts as words: yes, no, none (no verdict found)."""
    return np.where(np.isnan(verdicts), "none", np.where(verdicts == 1, "yes", "no"))


def confusion(tolerant: Floats, strict: Floats, right: Flags) -> pd.DataFrame:
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


def rates(readings: Mapping[str, Floats], right: Flags, questions: NDArray[np.generic]) -> pd.DataFrame:
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
                row |= {word: share.value, f"{word}_low": share.low, f"{word}_high": share.high}
            rows.append(row)
    return pd.DataFrame(rows)


def yes_counts(verdicts: Floats, right: Flags) -> pd.DataFrame:
    """Right and wrong solutions by how many of their V0 verdicts are Yes: right, yes, solutions, share."""
    yes = (verdicts == 1).sum(axis=1)
    counts = np.stack([np.bincount(yes[chosen], minlength=verdicts.shape[1] + 1) for chosen in (right, ~right)])
    table = pd.DataFrame(
        {
            "right": np.repeat([True, False], counts.shape[1]),
            "yes": np.tile(np.arange(counts.shape[1]), 2),
            "solutions": counts.ravel(),
        }
    )
    return table.assign(share=(counts / counts.sum(axis=1, keepdims=True)).ravel())


def repeat_correlation(verdicts: Floats, right: Flags) -> dict[str, float]:
    """Mean correlation between two verdicts on one solution, for right and for wrong solutions.

    0 if repeating a verification brought wholly new evidence, 1 if it brought none.
    """
    found = {}
    for name, chosen in (("right", right), ("wrong", ~right)):
        matrix = pd.DataFrame(verdicts[chosen]).corr().to_numpy()
        found[name] = float(matrix[np.triu_indices(len(matrix), 1)].mean())
    return found
