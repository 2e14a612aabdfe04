"""Verifiers made up from numbers: how good must one be for GenRM to win at a given budget?

A made-up verifier accepts right solutions with probability `tpr` and wrong ones with `fpr`; two of its verdicts on one
solution correlate by `correlation` (its acceptance of a solution is beta-distributed). `verdicts` draws from it, for
the same code that reads real verdicts. `accuracy` gives what best-of-N reaches with it exactly: with c of N solutions
right, the number of right ones among S drawn is hypergeometric, and given that number all scores are independent.
"""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from common.arrays import Floats, Ints
from common.errors import InputError
from replications.genrm_vs_sc.compute import Comparison, columns, compare, lead
from replications.genrm_vs_sc.curves import Curves
from replications.genrm_vs_sc.pools import Pools

MOST = 0.999
"""Correlations above this are taken for it: at 1 the beta distribution is no distribution."""
EDGE = 1e-9
"""Rates closer to 0 or 1 are taken for these: the beta distribution fails there."""
DIALS = np.round(np.arange(0, 1.01, 0.1), 2)
ACCURACIES = np.round(np.arange(0.5, 1.001, 0.02), 2)


@dataclass(frozen=True)
class MadeUp:
    """A verifier of set quality.

    Raises:
        InputError: a number outside [0, 1].
    """

    tpr: float
    fpr: float
    correlation: float = 0.0

    def __post_init__(self) -> None:
        for name in ("tpr", "fpr", "correlation"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(f"{name} of a made-up verifier must be from 0 to 1, got {getattr(self, name)}")

    def scores(self, right: bool, n_verdicts: int) -> Floats:
        """Probability of 0 to V accepting verdicts on a right or a wrong solution: [V + 1]."""
        rate, counts = self.tpr if right else self.fpr, np.arange(n_verdicts + 1)
        spread = min(self.correlation, MOST)
        if not EDGE < rate < 1 - EDGE:  # scipy overflows on the smallest floats
            rate = float(round(rate))
        if spread == 0 or rate in (0.0, 1.0):
            return np.asarray(stats.binom.pmf(counts, n_verdicts, rate))
        both = (1 - spread) / spread
        return np.asarray(stats.betabinom.pmf(counts, n_verdicts, rate * both, (1 - rate) * both))


RANDOM = MadeUp(0.5, 0.5)


def verdicts(verifier: MadeUp, pools: Pools, count: int, rng: np.random.Generator) -> Floats:
    """Draw `count` verdicts on each solution of the pools, 1 or 0: [Q, N, count]."""
    rates = np.where(pools.correct == 1, verifier.tpr, verifier.fpr)
    spread = min(verifier.correlation, MOST)
    if spread > 0:
        both, inside = (1 - spread) / spread, (rates > EDGE) & (rates < 1 - EDGE)
        shape = np.where(inside, rates, 0.5) * both
        rates = np.where(inside, rng.beta(shape, both - shape), rates)
    drawn: Floats = (rng.random((*rates.shape, count)) < rates[..., None]).astype(float)
    return drawn


def accuracy(verifier: MadeUp, pools: Pools, sizes: ArrayLike, n_verdicts: ArrayLike) -> Floats:
    """Expected correctness of best-of-N by this verifier, over all draws of everything: [Q, S, V]."""
    sizes, n_verdicts = np.asarray(sizes), np.asarray(n_verdicts)
    counts = np.stack([pools.sizes, pools.correct.sum(axis=1).astype(int)])
    (whole, n_right), kind = np.unique(counts, axis=1, return_inverse=True)
    scores = [(verifier.scores(True, int(v)), verifier.scores(False, int(v))) for v in n_verdicts]
    out = np.empty((len(whole), len(sizes), len(n_verdicts)))
    for i, s in enumerate(sizes):
        drawn = stats.hypergeom.pmf(np.arange(s + 1), whole[:, None], n_right[:, None], s)
        for j, (right, wrong) in enumerate(scores):
            out[:, i, j] = drawn @ _wins(right, wrong, int(s))
    return np.clip(out[kind.ravel()], 0, 1)


def _wins(right: Floats, wrong: Floats, size: int) -> Floats:
    """Probability that a right solution has the best score, by how many of `size` are right: [size + 1].

    The integral over y turns a tie of k into a share of 1 / k each; its integrand is a polynomial, and exact in
    size / 2 Gauss-Legendre nodes.
    """
    nodes, weights = np.polynomial.legendre.leggauss(size // 2 + 1)
    y, weights = (nodes + 1) / 2, weights / 2
    k = np.arange(size + 1)[:, None, None]
    below_right, below_wrong = (np.cumsum(one) - one for one in (right, wrong))
    r = below_right[:, None] + right[:, None] * y  # [V + 1, nodes]
    w = below_wrong[:, None] + wrong[:, None] * y
    level = k * right[:, None] * r ** np.maximum(k - 1, 0) * w ** (size - k)
    won: Floats = (level @ weights).sum(axis=1)
    return won


def compared(verifier: MadeUp, measured: Curves, pools: Pools, weights: Floats, ratio: Floats) -> Comparison:
    """Self-consistency against best-of-N by this verifier, on the same questions and grid."""
    exact = accuracy(verifier, pools, measured.sizes, measured.n_verdicts)
    return compare(replace(measured, genrm=exact), weights, ratio)


def phase(measured: Curves, pools: Pools, ratio: float, budgets: Ints, correlation: float) -> pd.DataFrame:
    """Lead over SC of verifiers of every quality: one row a budget, tpr and fpr."""
    weights = np.full((1, len(pools.questions)), 1 / len(pools.questions))
    rows = []
    for tpr, fpr in product(DIALS, DIALS):
        made = MadeUp(float(tpr), float(fpr), correlation)
        comparison = compared(made, measured, pools, weights, np.array([ratio]))
        rows += [(float(budget), tpr, fpr, lead(comparison, budget)[0]) for budget in budgets]
    return pd.DataFrame(rows, columns=["budget", "tpr", "fpr", "lead"])


def by_accuracy(
    measured: Curves, pools: Pools, weights: Floats, ratio: Floats, budgets: Ints, correlation: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lead of verifiers that are equally good on right and wrong solutions, and how good one must be to lead.

    Returns:
        One row a budget and accuracy with the lead; one row a budget with the smallest accuracy of `ACCURACIES` from
        which on every verifier leads, with its interval (infinite where none does).
    """
    leads = []
    for value in ACCURACIES:
        made = MadeUp(float(value), float(1 - value), correlation)
        comparison = compared(made, measured, pools, weights, ratio)
        leads.append([lead(comparison, float(budget)) for budget in budgets])
    found = np.array(leads)  # [accuracies, budgets, R]
    table = [
        {"budget": float(budget), "accuracy": value, "lead": found[i, j, 0]}
        for i, value in enumerate(ACCURACIES)
        for j, budget in enumerate(budgets)
    ]
    behind = found <= 1e-9
    last = np.where(behind.any(axis=0), len(ACCURACIES) - 1 - behind[::-1].argmax(axis=0), -1)
    needed = np.append(ACCURACIES, np.inf)[last + 1]  # [budgets, R]
    rows = [
        {"budget": float(budget), **columns(len(pools.questions), accuracy=values)}
        for budget, values in zip(budgets, needed, strict=True)
    ]
    return pd.DataFrame(table), pd.DataFrame(rows)
