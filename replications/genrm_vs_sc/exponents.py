"""How the compute-optimal numbers of solutions and verifications grow with compute: S ~ C^a and V ~ C^b.

The paper names a log-linear regression over compute-optimal points, but neither its text as known to us nor the
released code says which points: whether curves are interpolated, which budgets enter, what happens where
the grid ends. So a and b are fitted under four named recipes, and their spread is part of the answer.

An identity keeps them honest. A point that spends its whole budget has log S + log(1 + ratio V) = log C, hence a
plus the slope of log(1 + ratio V) is 1, or a + b f = 1 with f = ratio V / (1 + ratio V) < 1: so a + b > 1.

The cost of a verification is taken from row 0 of a comparison, so that one set of costs serves all its rows.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from common.arrays import Bools, Floats, Ints
from replications.genrm_vs_sc.compute import ROUNDING, Comparison

FEWEST = 4  # points that a fit of an exponent needs
PAPER = {"Llama-3.1-8B": (0.57, 0.39), "Qwen-2.5-7B": (0.75, 0.32), "Llama-3.3-70B": (0.69, 0.43)}
"""a and b on MATH as third parties report them; we could not read them in the paper itself."""


@dataclass(frozen=True)
class Optima:
    """Compute-optimal points: cost, solutions and verifications, [R, K] each; only those `used` count."""

    cost: Floats
    solutions: Floats
    verdicts: Floats
    used: Bools


@dataclass(frozen=True)
class Fit:
    """Exponents, and what the identity makes of them, [R] each."""

    a: Floats
    b: Floats
    f: Floats  # mean of ratio V / (1 + ratio V) over the points
    budget: Floats  # a plus the slope of log(1 + ratio V): 1 if every point spends its whole budget


def budgets(comparison: Comparison, per_octave: int = 1) -> Floats:
    """Powers of two between the costs of the cheapest and the dearest cell, with steps in between on request, [K]."""
    first, last = np.log2(comparison.cost[0].min()), np.log2(comparison.cost[0].max())
    steps = np.arange(np.ceil(first) * per_octave, last * per_octave + ROUNDING)
    powers: Floats = 2.0 ** (steps / per_octave)
    return powers


def fixed_v(comparison: Comparison, spent: Floats) -> Optima:
    """At each budget the best of the curves of fixed V, interpolated in log cost; S takes what the budget leaves."""
    curves = np.swapaxes(comparison.verified, 1, 2)
    best = _best_curve(curves, comparison.cost[0].T, spent)
    verdicts = comparison.n_verdicts[best].astype(float)
    return _all_used(spent, spent / (1 + comparison.ratio[0] * verdicts), verdicts)


def fixed_s_and_v(comparison: Comparison, spent: Floats) -> Optima:
    """S from the best of the curves of fixed S, V from the best of those of fixed V, each as the grid has it."""
    best = _best_curve(comparison.verified, comparison.cost[0], spent)
    return _all_used(spent, comparison.sizes[best].astype(float), fixed_v(comparison, spent).verdicts)


def cell_within_budget(comparison: Comparison, spent: Floats) -> Optima:
    """At each budget the best cell that costs no more; of equally good ones the cheapest."""
    cost, accuracy, s, v = _by_cost(comparison)
    affordable = cost <= spent[:, None] + ROUNDING
    best = np.where(affordable, accuracy[:, None, :], -np.inf).argmax(axis=2)
    return _all_used(spent, s[best], v[best])


def frontier(comparison: Comparison, spent: Floats | None = None) -> Optima:
    """Cells that are better than every cheaper one, at their own cost; needs no budgets."""
    cost, accuracy, s, v = _by_cost(comparison)
    cheaper = np.maximum.accumulate(accuracy, axis=1)
    used = np.ones(accuracy.shape, bool)
    used[:, 1:] = accuracy[:, 1:] > cheaper[:, :-1] + ROUNDING
    cost, s, v = (np.broadcast_to(x, used.shape) for x in (cost, s, v))
    return Optima(cost, s, v, used)


RECIPES: dict[str, Callable[[Comparison, Floats], Optima]] = {
    "best fixed-V curve": fixed_v,
    "best cell within budget": cell_within_budget,
    "fixed-S curves, fixed-V curves": fixed_s_and_v,
    "Pareto frontier": frontier,
}


def interior(optima: Optima, comparison: Comparison) -> Optima:
    """Only the points off the grid's edges: at an edge the optimum may lie beyond."""
    s, v = comparison.sizes, comparison.n_verdicts
    inside = (optima.solutions > s.min()) & (optima.solutions < s.max())
    inside &= (optima.verdicts > v.min()) & (optima.verdicts < v.max())
    return Optima(optima.cost, optima.solutions, optima.verdicts, optima.used & inside)


def fit(optima: Optima, comparison: Comparison) -> Fit:
    """Least squares in logarithms over the points used, for each row; NaN where they are fewer than FEWEST."""
    x = np.log(optima.cost)
    spread = comparison.ratio[0] * optima.verdicts
    a = _slope(x, np.log(optima.solutions), optima.used)
    f = np.sum(optima.used * spread / (1 + spread), axis=1) / np.maximum(optima.used.sum(axis=1), 1)
    return Fit(a, _slope(x, np.log(optima.verdicts), optima.used), f, a + _slope(x, np.log1p(spread), optima.used))


def points(optima: Optima) -> pd.DataFrame:
    """The points that the data as they are give: cost, solutions, verdicts."""
    columns = {"cost": optima.cost, "solutions": optima.solutions, "verdicts": optima.verdicts}
    return pd.DataFrame({name: values[0, optima.used[0]] for name, values in columns.items()})


def _all_used(cost: Floats, solutions: Floats, verdicts: Floats) -> Optima:
    return Optima(np.broadcast_to(cost, verdicts.shape), solutions, verdicts, np.ones(verdicts.shape, bool))


def _best_curve(curves: Floats, cost: Floats, spent: Floats) -> Ints:
    """Which of J curves is best at each of K budgets, each interpolated in log cost and only where it runs.

    Args:
        curves: accuracies, [R, J, M].
        cost: of each point, ascending along a curve, [J, M].
        spent: budgets, [K].

    Returns:
        Index of the best curve, [R, K].
    """
    at_budget = np.full((len(curves), len(cost), len(spent)), -np.inf)
    for j, along in enumerate(np.log(cost)):
        runs = (np.log(spent) >= along[0] - ROUNDING) & (np.log(spent) <= along[-1] + ROUNDING)
        weight = np.stack([np.interp(np.log(spent[runs]), along, unit) for unit in np.eye(len(along))])
        at_budget[:, j, runs] = curves[:, j] @ weight
    best: Ints = at_budget.argmax(axis=1)
    return best


def _by_cost(comparison: Comparison) -> tuple[Floats, Floats, Floats, Floats]:
    """Cells in order of cost, fewer verdicts first: cost [M], accuracy [R, M], S and V [M]."""
    s, v = np.meshgrid(comparison.sizes.astype(float), comparison.n_verdicts.astype(float), indexing="ij")
    order = np.lexsort([v.ravel(), comparison.cost[0].ravel()])
    accuracy = comparison.verified.reshape(len(comparison.verified), -1)[:, order]
    return comparison.cost[0].ravel()[order], accuracy, s.ravel()[order], v.ravel()[order]


def _slope(x: Floats, y: Floats, used: Bools) -> Floats:
    """Least-squares slope of y on x over the used points of each row, [R, K] -> [R]."""
    count = used.sum(axis=1)
    n = np.maximum(count, 1)[:, None]
    dx = np.where(used, x - np.sum(used * x, axis=1, keepdims=True) / n, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope: Floats = np.sum(dx * y, axis=1) / np.sum(dx**2, axis=1)
    return np.where(count >= FEWEST, slope, np.nan)
