"""The paper's comparison, from per-question curves to tables and verdicts.

Singhi et al. 2025 (arXiv 2504.01005) ask whether a budget is better spent on more solutions and a majority vote
(self-consistency, SC) or on fewer solutions that a generative verifier scores (GenRM, best-of-N). `curves` measures
both exactly on the same pools, `compute` prices and compares them, `exponents` fits how the optimum moves with
the budget. Here the results become tables, and estimates that `claims.yaml` judges.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from common.arrays import Bools, Floats, Ints
from common.stats import intervals
from common.stats.estimates import Estimate, Found, Undefined
from common.stats.resamples import from_resamples
from replications.genrm_vs_sc import exponents, figure1b
from replications.genrm_vs_sc.compute import (
    Comparison,
    as_columns,
    compare,
    cost_to_lead,
    cost_to_reach,
    lead,
    weigh,
)
from replications.genrm_vs_sc.curves import Curves
from replications.genrm_vs_sc.pools import Pools

UPPER_BOUND = Undefined("needs a verifier that has not seen the reference solution, and pools that are not capped")
ONE_VERIFIER = Undefined("needs verifications by a base and by a fine-tuned verifier of the same solutions")
SIZES = (1, 2, 4, 8, 16, 32)
N_VERDICTS = (1, 2, 3, 4)
LOW_BUDGETS = (4, 8)
BUDGETS = (4, 8, 16, 32, 64, 128)
PAPER_EXPONENTS = {"Llama-3.1-8B": (0.57, 0.39), "Qwen-2.5-7B": (0.75, 0.32), "Llama-3.3-70B": (0.69, 0.43)}
"""a and b on MATH as third parties report them; we could not read them in the paper itself."""
BANDS = {"hard (under 1/3 right)": (0, 1 / 3), "middle": (1 / 3, 2 / 3), "easy (over 2/3 right)": (2 / 3, 1.01)}


def grid_table(curves: Curves, pools: Pools, weights: Floats, votes: Pools | None = None) -> pd.DataFrame:
    """Accuracy with its interval of every strategy in every cell; `votes`: what self-consistency drew from, if other.

    `mc_se` is the Monte Carlo part of the error (weighted vote only). `near_whole_pool` is the share of questions
    with S > N/2, where draws overlap so much that the interval, which resamples questions, is all there is.
    """
    parts: dict[str, tuple[Floats, Ints, Ints]] = {
        "self-consistency": (curves.sc[:, :, None], curves.sc_sizes, np.array([0])),
        "best-of-N": (curves.genrm, curves.sizes, curves.n_verdicts),
        "weighted vote": (curves.weighted, curves.sizes, curves.n_verdicts),
        "pass@S": (curves.passed[:, :, None], curves.sizes, np.array([0])),
    }
    mc_se = np.sqrt((curves.weighted_se**2).sum(axis=0)) / len(pools.questions)
    rows = []
    for strategy, (values, sizes, n_verdicts) in parts.items():
        means, drawn_from = weigh(weights, values), pools
        if strategy == "self-consistency" and votes is not None:
            drawn_from = votes
        for i, j in np.ndindex(means.shape[1:]):
            row = {"strategy": strategy, "S": int(sizes[i]), "V": int(n_verdicts[j])}
            row |= as_columns(from_resamples(means[:, i, j], len(pools.questions)), "accuracy")
            row["mc_se"] = float(mc_se[i, j]) if strategy == "weighted vote" else 0.0
            row["near_whole_pool"] = float((2 * sizes[i] > drawn_from.sizes).mean())
            rows.append(row)
    return pd.DataFrame(rows)


def parser_effect(tolerant: Floats, strict: Floats, curves: Curves, weights: Floats) -> pd.DataFrame:
    """Best-of-N accuracy [Q, S, V] under two parsers and what the strict one costs, by S and V."""
    means = weigh(weights, tolerant), weigh(weights, strict)
    rows = []
    for i, j in np.ndindex(means[0].shape[1:]):
        row: dict[str, float] = {"S": int(curves.sizes[i]), "V": int(curves.n_verdicts[j])}
        row |= {"tolerant": float(means[0][0, i, j]), "strict": float(means[1][0, i, j])}
        difference = from_resamples(means[1][:, i, j] - means[0][:, i, j], len(tolerant))
        rows.append(row | as_columns(difference, "difference"))
    return pd.DataFrame(rows)


def leads(comparisons: Mapping[str, Comparison], n: int) -> pd.DataFrame:
    """How far the best verified cell within a budget is ahead of SC, by accounting and budget."""
    rows = []
    for accounting, comparison in comparisons.items():
        for budget in BUDGETS:
            columns = as_columns(from_resamples(lead(comparison, budget), n), "lead")
            rows.append({"accounting": accounting, "budget": budget, **columns})
    return pd.DataFrame(rows)


def crossings(comparisons: Mapping[str, Comparison], n: int) -> pd.DataFrame:
    """Where verification catches up under each accounting; budgets in solutions, unbounded ends infinite.

    `ratio` cost of a verification over that of a solution; `peak` SC's best accuracy, reached with `peak_size`
    solutions; `to_lead` cost of the first cell that beats SC at equal compute; `to_match` cost of the first cell that
    reaches SC's peak; `factor` that cost over SC's at the peak.
    """
    rows = []
    for accounting, comparison in comparisons.items():
        accuracy, size = comparison.sc_peak
        to_match = cost_to_reach(comparison, accuracy)
        row: dict[str, object] = {"accounting": accounting, "peak_size": int(size[0])}
        for name, values in (
            ("ratio", comparison.ratio),
            ("peak", accuracy),
            ("to_lead", cost_to_lead(comparison)),
            ("to_match", to_match),
            ("factor", to_match / size),
        ):
            row |= as_columns(from_resamples(values, n), name)
        rows.append(row)
    return pd.DataFrame(rows)


def by_difficulty(pools: Pools, curves: Curves, weights: Floats, ratio: Floats) -> dict[str, tuple[int, Comparison]]:
    """The comparison within bands of questions by their share of right solutions: number of questions, comparison."""
    share = pools.share_right
    inside = {band: (share >= low) & (share < high) for band, (low, high) in BANDS.items()}
    return in_bands(inside, curves, weights, ratio)


def in_bands(
    bands: Mapping[str, Bools], curves: Curves, weights: Floats, ratio: Floats
) -> dict[str, tuple[int, Comparison]]:
    """The comparison within bands of questions, masks [Q] each: number of questions, comparison.

    A resample without a question of a band has the band as it is; a band without questions is left out.
    """
    out = {}
    for band, inside in bands.items():
        if not inside.any():
            continue
        within = weights * inside
        within = np.where(within.sum(axis=1, keepdims=True) > 0, within, inside)
        out[band] = int(inside.sum()), compare(curves, within / within.sum(axis=1, keepdims=True), ratio)
    return out


def difficulty_table(bands: Mapping[str, tuple[int, Comparison]]) -> pd.DataFrame:
    """Lead of verification over SC in each band of difficulty, by budget."""
    tables = [leads({band: comparison}, n).assign(questions=n) for band, (n, comparison) in bands.items()]
    return pd.concat(tables, ignore_index=True).rename(columns={"accounting": "band"})


def exponent_table(comparison: Comparison) -> pd.DataFrame:
    """Exponents by recipe, by budgets an octave, and with or without the points on the grid's edges.

    The rows with `points` "all" and one budget an octave are the named recipes that the claims are about; the others
    show how much the choice matters. `a_plus_bf` and `budget` check the accounting identity (see `exponents`).
    """
    rows = []
    for recipe, per_octave in [(r, k) for r in exponents.RECIPES for k in (1, 4)][:-1]:  # the frontier has no budgets
        optima = exponents.RECIPES[recipe](comparison, exponents.budgets(comparison, per_octave))
        for points, chosen in (("all", optima), ("interior", exponents.interior(optima, comparison))):
            fit = exponents.fit(chosen, comparison)
            row = {"recipe": recipe, "per_octave": per_octave, "points": points, "n_points": int(chosen.used[0].sum())}
            for name, values in (("a", fit.a), ("b", fit.b), ("a_minus_b", fit.a - fit.b)):
                low, high = np.quantile(values[1:], [0.025, 0.975])
                ends = {name: values[0], f"{name}_low": low, f"{name}_high": high}
                row |= {column: round(float(value), 9) for column, value in ends.items()}
            rows.append(row | {"f": fit.f[0], "a_plus_bf": (fit.a + fit.b * fit.f)[0], "budget": fit.budget[0]})
    return pd.DataFrame(rows)


def exponents_testable(comparison: Comparison) -> pd.DataFrame:
    """Whether a grid can show exponents at all: how many optima lie inside it, at which V; a and b if enough do."""
    rows = []
    for recipe, optima_of in exponents.RECIPES.items():
        inside = exponents.interior(optima_of(comparison, exponents.budgets(comparison)), comparison)
        points = exponents.points(inside)
        seen = sorted(points["verdicts"].astype(int).unique())
        row: dict[str, object] = {"recipe": recipe, "interior": len(points), "V": ", ".join(map(str, seen))}
        enough = len(points) >= exponents.FEWEST and len(seen) > 1
        fit = exponents.fit(inside, comparison)
        row |= {"a": fit.a[0] if enough else None, "b": fit.b[0] if enough else None}
        few = f"not testable: under {exponents.FEWEST} optima inside, or one V only"
        row["finding"] = f"fitted, over V = {row['V']} only" if enough else few
        rows.append(row)
    return pd.DataFrame(rows)


def estimates(output: Comparison, n: int, figure: Comparison) -> dict[str, Found]:
    """One estimate a testable claim, by claim id.

    Args:
        output: self-consistency against best-of-N under the output accounting, with n questions resampled.
        n: number of questions.
        figure: the digitised Figure 1(b), perturbed within its reading error.
    """
    behind = -np.mean([lead(output, budget) for budget in LOW_BUDGETS], axis=0)
    factor = cost_to_reach(output, output.sc[:, -1]) / output.sc_sizes[-1]
    accuracy, size = figure.sc_peak
    spent = exponents.budgets(figure)
    fits = [exponents.fit(recipe(figure, spent), figure) for recipe in exponents.RECIPES.values()]
    a, b = np.array([fit.a for fit in fits]), np.array([fit.b for fit in fits])
    paper_a, paper_b = PAPER_EXPONENTS["Llama-3.1-8B"]
    return {
        "sc-first": from_resamples(behind, n),
        "costs-more-to-match": from_resamples(factor, n),
        "headline-8x": _from_figure(cost_to_reach(figure, accuracy) / size),
        "exponent-solutions": _from_figure(_pick(a, np.abs(a - paper_a).argmax(axis=0))),
        "exponent-verifications": _from_figure(_pick(b, np.abs(b - paper_b).argmin(axis=0))),
        "scale-solutions-faster": _from_figure((a - b).min(axis=0)),
        "genrm-wins-later": UPPER_BOUND,
        "fine-tuning-pays": ONE_VERIFIER,
    }


def _from_figure(values: Floats) -> Estimate:
    name = figure1b.error_name(len(values) - 1)
    return intervals.from_draws(values[0], values[1:], figure1b.PROBLEMS, name)


def _pick(values: Floats, which: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> Floats:
    """One of the recipes for each row: [recipes, R] and [R] -> [R]."""
    picked: Floats = np.take_along_axis(values, which[None], axis=0)[0]
    return picked
