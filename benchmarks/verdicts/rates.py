"""How often verdicts are wrong, from simulated studies: rates with their Monte Carlo errors."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from benchmarks.verdicts.world import World

POWER = 0.8
UNACCOUNTED = 0.15
"""Most by which the power found may differ from that of a normal estimate with a confidence interval."""
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
        "beyond": [row | {"n_for_80": needed(world, row)} for row in (_counted(truth, at[truth]) for truth in beyond)],
    }


def needed(world: World, found: Mapping[str, Any]) -> int | None:
    """Units for a power of 80% at a truth beyond the boundary, by the law that spread falls with the root of n.

    From mean and spread of the estimates over studies of `world.n` units, as `rates` counts them; None for a family,
    where the estimates are not on the claim's side on average or do not vary, and where they do not account for the
    power that was found: where ends of an interval are open, or it is wider than the estimates spread.
    """
    rule = next(iter(world.rules.values()))
    if len(world.rules) > 1 or not found.get("spread") or rule.direction == "within":
        return None
    distance = (found["mean"] - rule.margin) * (1 if rule.direction == "greater" else -1) / found["spread"]
    nominal = stats.norm.ppf(1 - rule.alpha / 2)
    if distance <= 0 or abs(stats.norm.cdf(distance - nominal) - found["supported"]) > UNACCOUNTED:
        return None
    return math.ceil(world.n * float((nominal + stats.norm.ppf(POWER)) / distance) ** 2)


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
