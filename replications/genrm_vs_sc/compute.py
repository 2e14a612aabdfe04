"""Accuracy at equal compute: what a solution and its verifications cost, and where curves cross.

Costs are counted in solutions: S solutions with V verifications each cost S (1 + ratio V), where `ratio` is the cost
of a verification over that of a solution (Singhi et al. 2025, section 3: verifier and solver are one model, so a
token costs the same in both). Self-consistency is V = 0. The ratio is an input, because the comparison hangs on it.

Row 0 of every array with a first axis R is the data themselves; the other rows are bootstrap resamples of the
questions, or other perturbations. A crossing that never happens is infinite.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from common.arrays import Bools, Floats, Ints
from common.stats.resamples import from_resamples
from replications.genrm_vs_sc.curves import Curves
from replications.genrm_vs_sc.experiment import Verified

Strategy = Literal["genrm", "weighted"]
ROUNDING = 1e-9  # accuracies closer than this are equal: the exact estimators round at 1e-12
TEXTS = ["question", "solution", "verification", "prompt", "reference"]


@dataclass(frozen=True)
class Comparison:
    """Self-consistency against a grid of verified cells under one accounting."""

    sc_sizes: Ints  # [T]
    sc: Floats  # accuracy, [R, T]
    sizes: Ints  # [S]
    n_verdicts: Ints  # [V]
    verified: Floats  # accuracy, [R, S, V]
    ratio: Floats  # cost of a verification in solutions, [R]

    @property
    def cost(self) -> Floats:
        """Cost of each verified cell in solutions, [R, S, V]."""
        return self.sizes[:, None] * (1 + self.ratio[:, None, None] * self.n_verdicts)

    @property
    def sc_peak(self) -> tuple[Floats, Ints]:
        """Best accuracy of self-consistency and the fewest solutions that give it, [R] each."""
        best = self.sc.argmax(axis=1)
        return self.sc[np.arange(len(best)), best], self.sc_sizes[best]


def weigh(weights: Floats, values: Floats) -> Floats:
    """Weighted means over questions: [R, Q] and [Q, ...] -> [R, ...]."""
    means: Floats = (weights @ values.reshape(len(values), -1)).reshape(len(weights), *values.shape[1:])
    return means


def accountings(weights: Floats, lengths: Mapping[str, Floats]) -> dict[str, Floats]:
    """Cost of a verification over that of a solution under each accounting, [R] each.

    Args:
        weights: of the questions, [R, Q].
        lengths: mean characters, or tokens, per question, [Q] each: question, solution, verification, prompt (of the
            verifier, reference included) and reference.

    Characters stand for tokens that are unknown. The solver's prompt is counted as the bare question; any further
    text in it would make a solution dearer and the ratio smaller.
    """
    question, solution, verification, prompt, reference = (weights @ lengths[kind] for kind in TEXTS)
    return {
        "nominal 1": np.ones(len(weights)),
        "nominal 2": np.full(len(weights), 2.0),
        "output": verification / solution,
        "prompt + output": (prompt - reference + verification) / (question + solution),
        "prompt + output, reference": (prompt + verification) / (question + solution),
    }


def lengths_by_question(rows: pd.DataFrame, questions: Ints) -> dict[str, Floats]:
    """Mean lengths over each question's pool, [Q] each, by kind of text (see `accountings`)."""
    means = rows.groupby("question_id")[TEXTS].mean().loc[questions]
    return {kind: means[kind].to_numpy() for kind in TEXTS}


def costs(rows: pd.DataFrame, verified: Verified, weights: Floats) -> dict[str, Floats]:
    """Cost of a verification in solutions under each accounting, [R] each, measured in tokens.

    The accountings of `accountings`, and one in which a prompt is paid once for all that follows it: the
    problem for its solutions, problem and solution for their verifications.
    """
    solutions, count = int(rows["sample"].max()) + 1, verified.tokens.shape[1]
    measured = rows.assign(verification=verified.tokens.mean(axis=1), prompt=verified.prompt_tokens, reference=0.0)
    tokens = lengths_by_question(measured, rows["question_id"].unique())
    ratios = dict(accountings(weights, tokens))
    del ratios["prompt + output, reference"]
    shared = tokens | {"question": tokens["question"] / solutions, "prompt": tokens["prompt"] / count}
    return ratios | {"prompt + output, prefix shared": accountings(weights, shared)["prompt + output"]}


def compare(curves: Curves, weights: Floats, ratio: Floats, strategy: Strategy = "genrm") -> Comparison:
    """Set self-consistency against a `strategy` of the curves under one accounting."""
    verified: Floats = getattr(curves, strategy)
    return Comparison(
        sc_sizes=curves.sc_sizes,
        sc=weigh(weights, curves.sc),
        sizes=curves.sizes,
        n_verdicts=curves.n_verdicts,
        verified=weigh(weights, verified),
        ratio=ratio,
    )


def cost_to_reach(comparison: Comparison, accuracy: Floats) -> Floats:
    """Cost of the cheapest verified cell at or above an accuracy [R]; infinite if there is none."""
    reaches = comparison.verified >= accuracy[:, None, None] - ROUNDING
    return _cheapest(comparison.cost, reaches)


def cell_leads(comparison: Comparison) -> Floats:
    """Accuracy of each verified cell less the best of self-consistency at no more than the same cost, [R, S, V].

    Beyond the largest size, self-consistency keeps the best accuracy it had.
    """
    so_far = np.maximum.accumulate(comparison.sc, axis=1)
    affordable = np.searchsorted(comparison.sc_sizes, comparison.cost + ROUNDING, side="right") - 1
    rival = np.take_along_axis(so_far, affordable.reshape(len(so_far), -1), axis=1).reshape(affordable.shape)
    leads: Floats = comparison.verified - rival
    return leads


def cost_to_lead(comparison: Comparison) -> Floats:
    """Cost of the cheapest verified cell that beats self-consistency at no more than the same cost, [R]."""
    return _cheapest(comparison.cost, cell_leads(comparison) > ROUNDING)


def lead(comparison: Comparison, budget: float) -> Floats:
    """Accuracy of the best verified cell within a budget less that of self-consistency within it, [R]."""
    sc: Floats = comparison.sc[:, comparison.sc_sizes <= budget].max(axis=1)
    return best_within(comparison, budget) - sc


def best_within(comparison: Comparison, budget: float) -> Floats:
    """Accuracy of the best verified cell within a budget, [R].

    A budget that affords no verification buys one unverified solution.
    """
    cells = np.where(comparison.cost <= budget + ROUNDING, comparison.verified, -np.inf).max(axis=(1, 2))
    verified: Floats = np.maximum(cells, comparison.verified[:, comparison.sizes == 1].max(axis=(1, 2)))
    return verified


def largest_gain(comparison: Comparison) -> Floats:
    """Accuracy of the largest verified cell less self-consistency's for the same compute (or all it has), [R]."""
    affordable = np.searchsorted(comparison.sc_sizes, comparison.cost[:, -1, -1] + ROUNDING, side="right") - 1
    gain: Floats = comparison.verified[:, -1, -1] - comparison.sc[np.arange(len(affordable)), affordable]
    return gain


def equal_solutions_gain(comparison: Comparison) -> Floats:
    """Accuracy of the largest verified cell less that of a vote among as many solutions, [R]."""
    gain: Floats = comparison.verified[:, -1, -1] - comparison.sc[:, comparison.sc_sizes == comparison.sizes[-1]][:, 0]
    return gain


def saving(dear: Comparison, cheap: Comparison, tolerance: float) -> Floats:
    """Compute that one verifier needs to come within `tolerance` of its best, over what another needs to get as far.

    0 in a resample [R] in which the other never does.
    """
    enough = dear.verified.max(axis=(1, 2)) - tolerance
    factor: Floats = cost_to_reach(dear, enough) / cost_to_reach(cheap, enough)
    return factor


def columns(n: int, **statistics: Floats) -> dict[str, float]:
    """Value and 95% interval of statistics [R] over n questions, three columns of a table each, freed of rounding.

    An unbounded end is infinite; what is undefined in the data or in a resample has no interval (NaN).
    """
    found: dict[str, float] = {}
    for name, values in statistics.items():
        if np.isnan(values).any():
            found |= {name: float(values[0]), f"{name}_low": np.nan, f"{name}_high": np.nan}
        else:
            found |= from_resamples(values, n).columns(name)
    return rounded(found)


def rounded(values: Mapping[str, float]) -> dict[str, float]:
    """Columns freed of rounding: what is equal looks equal, and 0 has no sign."""
    return {column: round(value, 9) + 0.0 for column, value in values.items()}


def _cheapest(cost: Floats, wanted: Bools) -> Floats:
    cheapest: Floats = np.where(wanted, cost, np.inf).min(axis=(1, 2))
    return cheapest
