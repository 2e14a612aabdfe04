"""How often verdicts are wrong, from simulated studies: rates with their Monte Carlo errors."""

import math
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from benchmarks.verdicts.world import World

POWER = 0.8
FALSE = ("supported", "contradicted")
"""What no verdict at a boundary should be; `too_often` is more than alpha, beyond two Monte Carlo errors."""


def rates(world: World, studies: pd.DataFrame) -> dict[str, Any]:
    """Rates of a world, ready for JSON.

    At the boundary `supported` and `contradicted` are rates of false verdicts, nominally half of alpha each (of a
    family: that any claim is); beyond it `supported` is power. Monte Carlo errors (`_se`) are binomial.
    """
    at = dict(list(studies.groupby("truth", sort=False)))
    boundary, *beyond = world.truths
    alpha = next(iter(world.rules.values())).alpha
    counted = _counted(boundary, at[boundary])
    return {
        "kind": world.kind,
        "shape": world.shape,
        "n": world.n,
        "nominal": alpha / 2,
        "too_often": [name for name in FALSE if counted[name] - 2 * counted[f"{name}_se"] > alpha],
        "boundary": counted,
        "beyond": [_counted(truth, at[truth]) | {"n_for_80": needed(world, at[truth])} for truth in beyond],
    }


def needed(world: World, found: pd.DataFrame) -> int | None:
    """Units for a power of 80% at a truth beyond the boundary, by the law that spread falls with the root of n.

    From the spread of the estimates over studies of `world.n` units; None for a family, where the estimates are not
    on the claim's side on average, or do not vary.
    """
    rule = next(iter(world.rules.values()))
    values = found["value"].dropna()
    if len(world.rules) > 1 or len(values) < 2 or rule.direction == "within":
        return None
    distance = (values.mean() - rule.margin) * (1 if rule.direction == "greater" else -1)
    spread = float(values.std())
    if distance <= 0 or spread == 0:
        return None
    quantiles = stats.norm.ppf(1 - rule.alpha / 2) + stats.norm.ppf(POWER)
    return math.ceil(world.n * float(quantiles * spread / distance) ** 2)


def _counted(truth: float, found: pd.DataFrame) -> dict[str, Any]:
    judged = found[~found["not_testable"]]
    row: dict[str, Any] = {"truth": truth, "studies": len(found), "not_testable": float(found["not_testable"].mean())}
    for name in FALSE:
        row |= _share(name, found[name].to_numpy(dtype=float))
    if judged["value"].notna().any():
        low, high = judged["low"].fillna(-np.inf), judged["high"].fillna(np.inf)
        row |= _share("covered", ((low <= truth) & (truth <= high)).to_numpy(dtype=float))
        row |= {"mean": float(judged["value"].mean()), "spread": float(judged["value"].std())}
    return row


def _share(name: str, hits: np.ndarray) -> dict[str, float]:
    share = float(hits.mean())
    return {name: share, f"{name}_se": math.sqrt(share * (1 - share) / len(hits))}
